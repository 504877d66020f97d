// Only reported bytes are released: for every decoder, every format, every encoding and charset, and every prefix of every
// conformance body.

import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { selectDecoder } from '../../src/body/select.ts';
import type { HeaderList } from '../../src/http/headers.ts';
import { readDecoderCases } from '../support/decoder-cases.ts';
import { cutAt, EventLog } from '../support/event-log.ts';
import { frame, lengthField } from '../support/protobuf.ts';
import { assertToldUnlessHeld, openReader, type Reading } from '../support/told.ts';

const cases = readDecoderCases().filter(({ body }) => body.length < 400);

const typed = (contentTypes: readonly string[], coding = ''): HeaderList => [
  ...contentTypes.map((value) => ({ name: 'content-type', value })),
  ...(coding === '' ? [] : [{ name: 'content-encoding', value: coding }]),
];

/** A prefix in one piece, in two, and byte by byte. */
function* waysOf(body: Uint8Array, length: number): Generator<Uint8Array[]> {
  const prefix = body.subarray(0, length);
  yield [prefix];
  if (length > 1) yield cutAt(prefix, [length >> 1]);
  if (length < 80) yield cutAt(prefix, [...prefix.keys()].slice(1));
}

function assertEveryPrefix(open: () => Reading, body: Uint8Array, title: string, prefixes = 40): void {
  const step = Math.max(1, Math.floor(body.length / prefixes));
  for (let length = 1; length <= body.length; length += step) {
    for (const chunks of waysOf(body, length)) {
      try {
        assertToldUnlessHeld(open, chunks);
      } catch (thrown) {
        throw new Error(`${title}, ${length} of ${body.length} bytes in ${chunks.length} pieces`, { cause: thrown });
      }
    }
  }
}

const codings: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
  'deflate, gzip': (bytes) => gzipSync(deflateRawSync(bytes)),
};

describe('bytes that are not held have been reported', () => {
  it('by each decoder', () => {
    for (const one of cases) {
      const bounds = { ...limits };
      for (const [key, value] of one.settings) if (key in bounds) Object.assign(bounds, { [key]: Number(value) });
      const open = (): Reading => {
        const log = new EventLog();
        const { contentTypes, settings } = one;
        const request = { contentTypes, processor: settings.get('processor'), sink: log, limits: bounds };
        const { decoder } = selectDecoder(request);
        return {
          write: (chunk) => decoder.write(chunk),
          flush: () => {},
          end: () => decoder.end(),
          get heldBytes() {
            return decoder.heldBytes;
          },
          told: () => [log.told],
        };
      };
      assertEveryPrefix(open, one.body, `${one.file}: ${one.title}`);
    }
  });

  it('by the reader of a body', () => {
    for (const one of cases) {
      assertEveryPrefix(() => openReader(typed(one.contentTypes)), one.body, `${one.file}: ${one.title}`);
    }
  });

  for (const type of [
    'application/x-www-form-urlencoded',
    'text/plain',
    'application/octet-stream',
    'text/event-stream',
    '',
  ]) {
    it(`by every format, under the type "${type}"`, () => {
      for (const one of cases) {
        const types = type === '' ? [] : [type];
        assertEveryPrefix(() => openReader(typed(types)), one.body, `${one.file}: ${one.title}`, 12);
      }
    });
  }

  for (const [coding, encode] of Object.entries(codings)) {
    it(`in ${coding}`, () => {
      for (const one of cases) {
        const open = (): Reading => openReader(typed(one.contentTypes, coding));
        const body = encode(one.body);
        for (const length of [1, 3, body.length >> 1, body.length - 9, body.length - 1, body.length]) {
          if (length > 0) assertToldUnlessHeld(open, [body.subarray(0, length)]);
          if (length > 0) assertToldUnlessHeld(open, cutAt(body.subarray(0, length), [length >> 1]));
        }
      }
    });
  }

  for (const charset of ['utf-16le', 'utf-16be', 'utf-32le']) {
    it(`in ${charset}`, () => {
      const wide = (text: string): Buffer => {
        if (charset === 'utf-32le') return Buffer.from(Uint32Array.from(text, (one) => one.codePointAt(0) ?? 0).buffer);
        const units = Buffer.from(text, 'utf16le');
        return charset === 'utf-16le' ? units : units.swap16();
      };
      for (const [type, text] of [
        ['application/json', '{"a key":["\\u0027 \\ud83d\\ude00",{"b":{}}],"c":1}'],
        ['text/xml', '<a b="1">uni<b/>on &lt; <!-- c -->d</a>'],
        ['application/x-www-form-urlencoded', 'a%27=%31&b'],
        ['text/plain', 'some text'],
        ['multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data; name="n"\r\n\r\nv\r\n--b--\r\n'],
      ] as const) {
        const open = (): Reading => openReader(typed([`${type}; charset=${charset}`]));
        assertEveryPrefix(open, wide(text), type);
      }
    });
  }
});

describe('what is held', () => {
  const complete: Readonly<Record<string, readonly [type: string, body: string | Buffer]>> = {
    JSON: ['application/json', '{"a":[1,"\\u0031"],"b":{}}'],
    'a line of NDJSON': ['application/x-ndjson', '{"a":1}\n{"b":2}\n'],
    XML: ['text/xml', '<a b="c">d &amp; e</a>\n'],
    multipart: ['multipart/mixed; boundary=b', '--b\r\n\r\nx\r\n--b--'],
    'a gRPC message': ['application/grpc', frame(lengthField(1, 'hello'))],
    'text that cannot be anything else': ['text/plain', 'hello'],
    'lines of a conversation without a type': ['', 'hello there\n'],
    'an event': ['text/event-stream', 'data: x\n\n'],
    'a frame of a tunnel': ['', Buffer.from([0x81, 0x85, 1, 2, 3, 4, 5, 6, 7, 8, 9])],
    'JSON without a type': ['', '{"a":1}'],
    'a form that looks like JSON': ['application/x-www-form-urlencoded', '{"a":"b="}'],
  };
  for (const [name, [type, body]] of Object.entries(complete)) {
    it(`is nothing at the end of ${name}`, () => {
      const reading = openReader(typed(type === '' ? [] : [type]));
      reading.write(Buffer.from(body as string));
      reading.flush();
      expect(reading.heldBytes).toBe(0);
    });
  }

  it('stays limited, whatever the length of a name that is too long to be kept', () => {
    const reading = openReader(typed(['application/x-www-form-urlencoded']));
    for (let times = 0; times < 100; times += 1) reading.write(Buffer.alloc(1000, 'x'));
    expect(reading.heldBytes).toBe(0);
  });
});
