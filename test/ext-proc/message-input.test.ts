import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { inputOf } from '../../src/ext-proc/message-input.ts';
import { chunkOf, encodeRequest, requestHeaders, responseHeaders, trailersOf } from '../support/ext-proc.ts';

const head = (more: Readonly<Record<string, string>>) => encodeRequest(requestHeaders(more), 'streamed');

describe('inputOf', () => {
  it.each([
    ['x-request-id', 'one-request-id', 'another-request-id'],
    ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '00-x'],
    ['x-forwarded-for', '192.0.2.1', '192.0.2.2'],
    ['x-envoy-expected-rq-timeout-ms', '1', '2'],
    ['x-amzn-trace-id', 'a', 'b'],
    ['date', 'a', 'b'],
  ])('is the same whatever %s says', (name, one, other) => {
    expect(inputOf(head({ [name]: one }))).toBe(inputOf(head({ [name]: other })));
  });

  it('differs for another head, another body, another kind', () => {
    const messages = [
      head({}),
      head({ cookie: 'a=1' }),
      head({ ':path': '/other' }),
      encodeRequest(responseHeaders(), 'unstated'),
      encodeRequest(chunkOf('request', 'a'), 'unstated'),
      encodeRequest(chunkOf('request', 'b'), 'unstated'),
      encodeRequest(chunkOf('response', 'a'), 'unstated'),
      encodeRequest(trailersOf('request', { a: 'b' }), 'unstated'),
      Buffer.from('none of these'),
    ];
    expect(new Set(messages.map((message) => inputOf(message))).size).toBe(messages.length);
  });

  it('depends on the beginning of a long message and its length', () => {
    const long = Buffer.alloc(2 * constants.crashMessageBytesMax, 'x');
    const kept = long.subarray(0, constants.crashMessageBytesMax);
    expect(inputOf(kept, long.length)).toBe(inputOf(long));
    expect(inputOf(kept)).not.toBe(inputOf(long));
  });
});
