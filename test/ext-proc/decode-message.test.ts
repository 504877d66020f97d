import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage } from '../../src/ext-proc/decode-message.ts';
import {
  type HeaderMap,
  ProcessingRequest,
} from '../../src/ext-proc/gen/envoy/service/ext_proc/v3/external_processor.ts';
import type { HeaderList } from '../../src/http/headers.ts';
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

  /** What generated code alone makes of a message. */
  const readByGeneratedCode = (bytes: Buffer): unknown => {
    const { request, attributes, observabilityMode, protocolConfig } = ProcessingRequest.decode(bytes);
    const own = { ...(attributes['envoy.filters.http.ext_proc'] ?? {}) };
    return { part: partOf(request), attributes: own, observabilityMode, protocolConfig };
  };
  /** Names and values as text: the bytes of `raw_value`, or where it is empty `value`, which is text already. */
  const textsOf = (map: HeaderMap | undefined): unknown =>
    (map?.headers ?? []).map(({ key, value, rawValue }) => [
      key,
      rawValue.length > 0 ? Buffer.from(rawValue).toString('utf8') : value,
    ]);
  const partOf = (request: ProcessingRequest['request']): unknown => {
    if (request === undefined) return undefined;
    const { $case, value } = request;
    switch ($case) {
      case 'requestHeaders':
      case 'responseHeaders':
        return [$case, value.endOfStream, textsOf(value.headers)];
      case 'requestBody':
      case 'responseBody':
        return [$case, value.endOfStream, Buffer.from(value.body).toString('hex')];
      default:
        return [$case, textsOf(value.trailers)];
    }
  };
  /** The same of what was decoded. */
  const readHere = (bytes: Buffer): unknown => {
    const { part, attributes, observabilityMode, protocolConfig } = decodeMessage(bytes);
    const beside = { attributes: { ...attributes }, observabilityMode, protocolConfig };
    if (part === undefined) return { part, ...beside };
    const { direction, kind } = part;
    const names = { head: 'Headers', chunk: 'Body', trailers: 'Trailers' } as const;
    const $case = `${direction}${names[kind]}`;
    const utf8 = (bytesOfText: string): string => Buffer.from(bytesOfText, 'latin1').toString('utf8');
    const listOfTexts = (list: HeaderList): unknown => list.map(({ name, value }) => [utf8(name), utf8(value)]);
    if (kind === 'chunk')
      return { part: [$case, part.endOfStream, Buffer.from(part.chunk).toString('hex')], ...beside };
    const seen =
      kind === 'head' ? [$case, part.endOfStream, listOfTexts(part.headers)] : [$case, listOfTexts(part.trailers)];
    return { part: seen, ...beside };
  };
  const outcomeOf = (read: (bytes: Buffer) => unknown, bytes: Buffer): unknown => {
    try {
      return read(bytes);
    } catch {
      return 'refused';
    }
  };

  const valid = [
    ...[requestHeaders({ a: 'b', cookie: 'c' }), responseHeaders({ d: 'e' }, true)],
    ...[chunkOf('request', 'abc'), chunkOf('response', '', true), trailersOf('request', { f: 'g' })],
  ].flatMap((request) =>
    [encodeRequest(request, 'streamed', true), encodeRequest(request)].map((one) => Buffer.from(one)),
  );
  const change = fc.record({
    kind: fc.constantFrom('flip', 'insert', 'remove', 'repeat', 'append'),
    at: fc.nat({ max: 400 }),
    length: fc.integer({ min: 1, max: 40 }),
    byte: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0x0a, 0x12, 0x1a, 0x22, 0x2a, 0x42, 0x4a, 0x50, 0x5a, 0x80)),
    other: fc.nat({ max: valid.length - 1 }),
  });

  it('reads damaged and odd messages as generated code does', () => {
    fc.assert(
      fc.property(fc.constantFrom(...valid), fc.array(change, { maxLength: 4 }), (message, changes) => {
        let bytes = message;
        for (const { kind, at: given, length, byte, other } of changes) {
          const at = given % (bytes.length + 1);
          const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
          if (kind === 'flip') bytes = Buffer.concat([before, Buffer.from([byte]), after.subarray(1)]);
          else if (kind === 'insert') bytes = Buffer.concat([before, Buffer.from([byte]), after]);
          else if (kind === 'remove') bytes = Buffer.concat([before, after.subarray(length)]);
          else if (kind === 'repeat') bytes = Buffer.concat([before, after.subarray(0, length), after]);
          else bytes = Buffer.concat([bytes, valid[other] as Buffer]);
        }
        expect(outcomeOf(readHere, bytes)).toStrictEqual(outcomeOf(readByGeneratedCode, bytes));
      }),
      { numRuns: 2_000 },
    );
  });
});
