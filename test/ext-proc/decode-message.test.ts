import { describe, expect, it } from 'vitest';
import { decodeMessage } from '../../src/ext-proc/decode-message.ts';
import { chunkOf, encodeRequest, requestHeaders, responseHeaders, trailersOf } from '../support/ext-proc.ts';

const raw = (key: string, value: string) => ({ key, value: '', rawValue: Buffer.from(value, 'latin1') });

/** A request's head with these headers, decoded, as its list. */
const listOf = (headers: readonly ReturnType<typeof raw>[]) => {
  const { part } = decodeMessage(
    encodeRequest({ $case: 'requestHeaders', value: { headers: { headers: [...headers] }, endOfStream: true } }),
  );
  return part?.kind === 'head' ? part.headers : undefined;
};

describe('decodeMessage', () => {
  const parts = {
    'a request head': [requestHeaders(), { kind: 'head', direction: 'request', endOfStream: false }],
    'a whole response head': [responseHeaders({}, true), { kind: 'head', direction: 'response', endOfStream: true }],
    'a chunk': [chunkOf('request', 'a'), { kind: 'chunk', direction: 'request', endOfStream: false }],
    'the last chunk': [chunkOf('response', '', true), { kind: 'chunk', direction: 'response', endOfStream: true }],
    trailers: [trailersOf('response'), { kind: 'trailers', direction: 'response' }],
  } as const;
  for (const [name, [request, part]] of Object.entries(parts)) {
    it(`finds ${name}, and what comes with it`, () => {
      const message = decodeMessage(encodeRequest(request, 'streamed', true));
      expect(message.part).toMatchObject(part);
      expect(message.observabilityMode).toBe(true);
      expect(message.attributes['source.address']).toBe('192.0.2.7:4711');
      expect(message.protocolConfig?.sendBodyWithoutWaitingForHeaderResponse).toBe(true);
    });
  }

  it('finds no part in a message of another kind', () => {
    expect(decodeMessage(encodeRequest(undefined)).part).toBe(undefined);
  });

  it('uses the last of two parts', () => {
    const two = Buffer.concat([encodeRequest(requestHeaders()), encodeRequest(chunkOf('request', 'a'))]);
    expect(decodeMessage(two).part?.kind).toBe('chunk');
  });

  it('keeps bytes that are not UTF-8, duplicates and their order', () => {
    expect(listOf([raw('a', '\xff\x00\x80'), raw('b', '1'), raw('a', '2')])).toStrictEqual([
      { name: 'a', value: '\xff\x00\x80' },
      { name: 'b', value: '1' },
      { name: 'a', value: '2' },
    ]);
  });

  it('reads value where raw_value is empty, as bytes', () => {
    expect(listOf([{ key: 'a', value: 'é', rawValue: Buffer.alloc(0) }])?.[0]?.value).toBe('\xc3\xa9');
  });

  it('keeps the bytes of a name that is not ASCII', () => {
    expect(listOf([raw('é中', '1')])).toStrictEqual([{ name: '\xc3\xa9\xe4\xb8\xad', value: '1' }]);
  });

  it('keeps pseudo headers of trailers, which HTTP forbids', () => {
    expect(decodeMessage(encodeRequest(trailersOf('request', { ':path': 'x' }))).part).toMatchObject({
      trailers: [{ name: ':path', value: 'x' }],
    });
  });

  it('throws protocol.malformed for what is not a message, also for one cut anywhere', () => {
    const bytes = encodeRequest(requestHeaders(), 'streamed');
    for (let length = 1; length < bytes.length; length += 1) {
      try {
        decodeMessage(bytes.subarray(0, length));
      } catch (error) {
        expect((error as { code: string }).code).toBe('protocol.malformed');
      }
    }
    expect(() => decodeMessage(Buffer.from([0xff]))).toThrow(expect.objectContaining({ code: 'protocol.malformed' }));
  });
});
