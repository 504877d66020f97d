import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readChunkMessage } from '../../src/ext-proc/chunk-message.ts';
import { ProcessingRequest } from '../../src/ext-proc/gen/envoy/service/ext_proc/v3/external_processor.ts';

const none = { endOfStreamWithoutMessage: false, grpcMessageCompressed: false };

describe('readChunkMessage', () => {
  it('reads what generated code reads', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), fc.boolean(), (body, endOfStream, isRequest) => {
        const value = { body, endOfStream, ...none };
        const request = { $case: isRequest ? 'requestBody' : 'responseBody', value } as const;
        const rest = { attributes: { a: { b: 1 } }, observabilityMode: true, protocolConfig: undefined };
        const bytes = ProcessingRequest.encode({ request, ...rest }).finish();
        const message = readChunkMessage(bytes);
        expect(message).toMatchObject({ direction: isRequest ? 'request' : 'response', endOfStream });
        expect(Buffer.from(message?.chunk ?? [])).toStrictEqual(Buffer.from(body));
        expect(ProcessingRequest.decode(bytes.subarray(message?.end))).toStrictEqual({ request: undefined, ...rest });
      }),
    );
  });

  it('gives a view on the message', () => {
    const bytes = Buffer.from('2206 0a04 61626364'.replaceAll(' ', ''), 'hex');
    const chunk = readChunkMessage(bytes)?.chunk;
    bytes[4] = 0x7a;
    expect(Buffer.from(chunk ?? []).toString()).toBe('zbcd');
  });

  const others = {
    'a head': '1202 0a00',
    'an end without a message': '2a02 1801',
    'a compressed message': '2202 2001',
    'the fields in another order': '2205 1001 0a01 61',
    'a field twice': '2206 0a01 61 0a01 62',
    'an end of stream that is neither true nor false': '2202 1002',
    'a body that is longer than its message': '2203 0a05 61',
    'a message that is cut': '2205 0a03 61',
    'a length that does not end': '22ff ffff ffff ff01',
  };
  for (const [what, hex] of Object.entries(others)) {
    it(`leaves ${what} to generated code`, () => {
      expect(readChunkMessage(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toBe(undefined);
    });
  }
});
