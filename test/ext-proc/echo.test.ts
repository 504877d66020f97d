import { describe, expect, it } from 'vitest';
import { echoBytesMax, encodeEcho } from '../../src/ext-proc/echo.ts';
import { ProcessingResponse } from '../../src/ext-proc/gen/envoy/service/ext_proc/v3/external_processor.ts';

describe('encodeEcho', () => {
  it('writes what the generated encoder writes', () => {
    for (const direction of ['request', 'response'] as const) {
      for (const bytes of [0, 1, 100, 120, 127, 128, 300, 16_383, 16_384, echoBytesMax, 3_000_000]) {
        for (const endOfStream of [false, true]) {
          const body = Buffer.alloc(bytes, 'abc');
          const mutation = { $case: 'streamedResponse', value: { body, endOfStream } } as const;
          const value = { response: { status: 0, headerMutation: undefined, bodyMutation: { mutation } } } as const;
          const $case = direction === 'request' ? 'requestBody' : 'responseBody';
          const expected = ProcessingResponse.encode({
            response: { $case, value },
            dynamicMetadata: undefined,
          }).finish();
          const what = `${direction}, ${bytes} bytes, end ${endOfStream}`;
          expect(Buffer.compare(encodeEcho(direction, body, endOfStream), expected), what).toBe(0);
        }
      }
    }
  });
});
