import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProcessingRequest } from '../../src/ext-proc/gen/envoy/service/ext_proc/v3/external_processor.ts';
import { readHeadMessage } from '../../src/ext-proc/head-message.ts';

const name = fc.oneof(
  fc.constantFrom(':path', ':status', 'accept', 'cookie', 'x-request-id', 'x-other', ''),
  fc.string({ maxLength: 200 }),
);
const header = fc.record({ key: name, value: fc.string(), rawValue: fc.uint8Array({ maxLength: 300 }) });

const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');

describe('readHeadMessage', () => {
  it('reads the same as generated code', () => {
    fc.assert(
      fc.property(
        fc.array(header, { maxLength: 40 }),
        fc.boolean(),
        fc.boolean(),
        (headers, endOfStream, isRequest) => {
          const value = { headers: headers.length === 0 ? undefined : { headers }, endOfStream };
          const request = { $case: isRequest ? 'requestHeaders' : 'responseHeaders', value } as const;
          const rest = { attributes: { a: { b: 1 } }, observabilityMode: true, protocolConfig: undefined };
          const bytes = ProcessingRequest.encode({ request, ...rest }).finish();
          const head = readHeadMessage(bytes);
          expect(head).toMatchObject({ direction: isRequest ? 'request' : 'response', endOfStream });
          expect(head?.headers).toStrictEqual(
            headers.map(({ key, value: text, rawValue }) => ({
              name: bytesOf(key),
              value: rawValue.length > 0 ? Buffer.from(rawValue).toString('latin1') : bytesOf(text),
            })),
          );
          expect(ProcessingRequest.decode(bytes.subarray(head?.end))).toStrictEqual({ request: undefined, ...rest });
        },
      ),
    );
  });

  const plain = ProcessingRequest.encode({
    request: {
      $case: 'requestHeaders',
      value: {
        headers: { headers: [{ key: 'a', value: '', rawValue: Buffer.from('b') }] },
        endOfStream: true,
      },
    },
    attributes: {},
    observabilityMode: false,
    protocolConfig: undefined,
  }).finish();

  it('reads nothing from a head that is cut anywhere', () => {
    expect(readHeadMessage(plain)?.headers).toStrictEqual([{ name: 'a', value: 'b' }]);
    for (let length = 0; length < plain.length; length += 1) {
      expect(readHeadMessage(plain.subarray(0, length))).toBe(undefined);
    }
  });

  const others = {
    'a chunk': '2202 0a00',
    'an unknown field': '1204 0a00 2001',
    'a header with an unknown field': '1206 0a04 0a02 2001',
    'the fields of a header in another order': '120a 0a08 0a06 1a01 62 0a01 61',
    'two maps': '1204 0a00 0a00',
    'an end of stream that is neither true nor false': '1204 0a00 1802',
    'a header that is longer than its map': '1206 0a02 0a04 0a00',
    'a name that is longer than its header': '1206 0a04 0a02 0a05',
    'a length that does not end': '12ff ffff ffff ff01',
  };
  for (const [what, hex] of Object.entries(others)) {
    it(`leaves ${what} to generated code`, () => {
      expect(readHeadMessage(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toBe(undefined);
    });
  }
});
