// Bodies that make decoders work hardest, as far as we could find: structures that do not end, incomplete escapes, and near-delimiters.
// Each is made of a beginning and a repeated part, at any length.

import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { HeaderList } from '../../src/http/headers.ts';
import { createRandom } from './random.ts';

/** One way to keep a decoder busy. */
export interface WorstBody {
  /** The decoder, by its name in `decoderNames`. */
  readonly decoder: string;
  readonly name: string;
  readonly headers: HeaderList;
  /** About `bytes` bytes. */
  readonly make: (bytes: number) => Buffer;
}

const boundary = 'b'.repeat(70);
const delimiter = `--${boundary}`;

const typeHeaders = (type: string, ...more: HeaderList): HeaderList => [{ name: 'content-type', value: type }, ...more];

/** Media types by decoder. */
const types: Readonly<Record<string, string>> = {
  form: 'application/x-www-form-urlencoded',
  JSON: 'application/json',
  NDJSON: 'application/x-ndjson',
  XML: 'application/xml',
  multipart: `multipart/form-data; boundary=${boundary}`,
  GraphQL: 'application/graphql',
  gRPC: 'application/grpc',
  'gRPC-Web text': 'application/grpc-web-text',
  text: 'text/plain',
  'UTF-16': 'application/json; charset=utf-16le',
  'UTF-32': 'application/json; charset=utf-32be',
};

/** A beginning and what is repeated after it; byte strings. */
type Flood = readonly [start: string, fill: string];

const floods: Readonly<Record<string, readonly Flood[]>> = {
  form: [
    ['', '&'],
    ['', '='],
    ['', 'a&'],
    ['', 'a=b&'],
    ['', 'a=%'],
    ['a=', '%'],
    ['a=', '%4'],
    ['a=', '%41'],
    ['', '%4'],
    ['', '+'],
    ['', 'n'],
    ['', '%3d%26'],
    ['{"a":"', '&b='],
  ],
  JSON: [
    ['', '['],
    ['', '{"a":'],
    ['', `{"${'n'.repeat(4000)}":`],
    ['['.repeat(500), '[],'],
    ['['.repeat(500), '1,'],
    [`{"${'n'.repeat(4000)}":`.repeat(20), '"a":1,'],
    ['{', '"k":1,'],
    ['{', '"":"",'],
    ['{"', 'n'],
    ['{"', '\\u0041'],
    ['["', 'a'],
    ['["', '\\u0041'],
    ['["', '\\ud800'],
    ['["', '\\"'],
    ['["', '\\\\'],
    ['["', '\xc3\xa9'],
    ['[', '9'],
    ['[1.', '0'],
    ['[1e', '9'],
    ['[', '-0.1e-1,'],
    ['[', 'true,'],
    ['', ' '],
    ['[', '\n'],
    ['[', '[[[[]]]],'],
    ['[', '{"a":{"b":{}}},'],
  ],
  NDJSON: [
    ['', '1\n'],
    ['', '{}\n'],
    ['', '\n'],
    ['', '\x1e'],
    ['', '[1]\n'],
    ['', '{"a":"b"}\r\n'],
    ['', '1 '],
  ],
  XML: [
    ['', '<a>'],
    ['', `<${'n'.repeat(4000)}>`],
    ['<a>'.repeat(500), '<b/>'],
    ['<a>'.repeat(500), '<b c=""/>'],
    ['<r>', '<a></a>'],
    ['<r>', '<!---->'],
    ['<r><!--', '-'],
    ['<r><!--', '- -'],
    ['<r><!--', '->'],
    ['<r><![CDATA[', ']'],
    ['<r><![CDATA[', ']]'],
    ['<r><![CDATA[', ']>'],
    ['<r>', '<![CDATA[]]>'],
    ['<r>', 'a<!---->'],
    ['<r>', '<?a?>'],
    ['<r><?a ', '?'],
    ['<r>', '&amp;'],
    ['<r>', '&#65;'],
    ['<r>&#', '0'],
    ['<r>&', 'a'],
    ['<r>', '&'],
    ['<r>', '<'],
    ['<r>', ']]'],
    ['<r>', ' '],
    ['<r>', ' a '],
    ['<r ', ' '],
    ['<r ', 'b="c" '],
    ['<r ', "b='&lt;' "],
    ['<r ', 'b'],
    ['<r b="', 'c'],
    ['<r b="', '&amp;'],
    ['<', 'a'],
    ['<r></', 'a'],
    ['<!DOCTYPE ', 'a'],
    ['<!DOCTYPE a [', '<!ENTITY b "c">'],
    ['<!DOCTYPE a [', '<!--'],
    ['<!DOCTYPE a [', '"\''],
    ['<!DOCTYPE a ', '['],
  ],
  multipart: [
    ['', delimiter.slice(0, -1)],
    ['', `\r\n${delimiter.slice(0, -1)}`],
    [`${delimiter}\r\n\r\n`, `\r\n${delimiter.slice(0, -1)}`],
    [`${delimiter}\r\n\r\n`, `\r\n${delimiter}x`],
    [`${delimiter}\r\n\r\n`, '\r'],
    [`${delimiter}\r\n\r\n`, '\n'],
    [`${delimiter}\r\n\r\n`, '\r\n'],
    [`${delimiter}\r\n\r\n`, '\r\n-'],
    [`${delimiter}\r\n\r\n`, '\r\n--'],
    [`${delimiter}\r\n\r\n`, 'b'],
    [`${delimiter}\r\n\r\n`, '-'],
    ['', `${delimiter}\r\n\r\n\r\n`],
    ['', `${delimiter}\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n`],
    ['', `${delimiter}\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\nc\r\n`],
    ['', `${delimiter}\r\n${'a:b\r\n'.repeat(3000)}\r\n\r\n`],
    ['', `${delimiter}\r\na: b\r\n${' c\r\n'.repeat(4000)}\r\n\r\n`],
    ['', `${delimiter}\r\nContent-Disposition: form-data${'; name=a'.repeat(1900)}\r\n\r\n\r\n`],
    ['', `${delimiter}\r\nContent-Disposition: form-data; name="${'\\"'.repeat(8000)}\r\n\r\n\r\n`],
    ['', `${delimiter}\r\nContent-Disposition: form-data${' '.repeat(16_000)}x\r\n\r\n\r\n`],
    ['', `${delimiter}\r\nContent-Disposition: form-data; filename*=utf-8''${'%4'.repeat(8000)}\r\n\r\n\r\n`],
    ['', `${delimiter}\r\nContent-Type: text/plain${';a=b'.repeat(4000)}\r\n\r\n\r\n`],
    [`${delimiter}\r\n`, 'a:b\r\n'],
    [`${delimiter}\r\n`, 'a'],
    [`${delimiter}\r\nContent-Transfer-Encoding: base64\r\n\r\n`, 'QUFB'],
    [`${delimiter}\r\nContent-Transfer-Encoding: base64\r\n\r\n`, '='],
    [`${delimiter}\r\nContent-Transfer-Encoding: base64\r\n\r\n`, 'Q\r\n'],
    [`${delimiter}\r\nContent-Transfer-Encoding: base64\r\n\r\n`, '\r\n'],
    [`${delimiter}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`, '='],
    [`${delimiter}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`, '=4'],
    [`${delimiter}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`, '=\r\n'],
    [`${delimiter}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`, ' '],
    [`${delimiter}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`, ' \t\r\n'],
    [`${delimiter}--\r\n`, `\r\n${delimiter.slice(0, -1)}`],
    [`${delimiter}--\r\n`, '\r\n'],
  ],
  GraphQL: [
    ['', '{'],
    ['{a(b:"', 'c'],
    ['{a(b:"', '\\"'],
    ['{a(b:"', '\\u0041'],
    ['{a(b:"', '\\u{41}'],
    ['{a(b:"', '\\u{'],
    ['', '"'],
    ['', '""'],
    ['', '"""'],
    ['"""', '""'],
    ['"""', '\\"""'],
    ['"""', '\\""'],
    ['', '#'],
    ['', '#"\n'],
    ['', '""\n'],
  ],
  text: [
    ['', 'a'],
    ['', '\0'],
    ['{', '"'],
    ['<', 'a'],
    ['--a\r\n', '\r\n--'],
    ['', '=&'],
  ],
};

/** Text in a wide charset. */
function wide(text: Buffer, width: 2 | 4): Buffer {
  if (width === 2) return Buffer.from(text.toString('latin1'), 'utf16le');
  const out = Buffer.alloc(4 * text.length);
  for (let n = 0; n < text.length; n += 1) out[4 * n + 3] = text[n] as number;
  return out;
}

/** Floods of another decoder in a wide charset, and bytes that are not a character in it. */
function wideBodies(decoder: 'UTF-16' | 'UTF-32'): readonly WorstBody[] {
  const width = decoder === 'UTF-16' ? 2 : 4;
  const chosen = floods.JSON ?? [];
  const odd: readonly Flood[] =
    width === 2
      ? [
          ['[\0"\0', '\x00\xd8'],
          ['[\0"\0', '\x00\xdc'],
          ['[\0"\0', '\x3d\xd8\x00\xde'],
        ]
      : [
          ['\0\0\0[\0\0\0"', '\xff\xff\xff\xff'],
          ['\0\0\0[\0\0\0"', '\0\0\xd8\0'],
          ['\0\0\0[\0\0\0"', '\0\x10\xff\xff'],
        ];
  return [
    ...chosen.map(([start, fill]) => bodyOf(decoder, [start, fill], (text) => wide(text, width))),
    ...odd.map((one) => bodyOf(decoder, one)),
  ];
}

const shown = (text: string): string =>
  text.length > 32 ? `${text.slice(0, 4)}…${text.slice(-24)} (${text.length})` : text;

function bodyOf(
  decoder: string,
  [start, fill]: Flood,
  code: (text: Buffer) => Buffer = (text) => text,
  headers: HeaderList = typeHeaders(types[decoder] ?? 'text/plain'),
): WorstBody {
  const make = (bytes: number): Buffer => {
    const begun = Buffer.from(start, 'latin1');
    const width = code(Buffer.from('a')).length;
    const room = Math.max(fill.length, Math.floor(bytes / width) - begun.length);
    return code(Buffer.concat([begun, Buffer.alloc(room, fill, 'latin1')]));
  };
  return { decoder, name: JSON.stringify(`${shown(start)} ${shown(fill)}…`).slice(1, -1), headers, make };
}

/** One gRPC message of these bytes. */
function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

const messageFills: Readonly<Record<string, (bytes: number) => Buffer>> = {
  'empty messages': (bytes) => Buffer.alloc(bytes, '\0\0\0\0\0', 'latin1'),
  'messages of one field': (bytes) => Buffer.alloc(bytes, '\0\0\0\0\x03\x0a\x01a', 'latin1'),
  'many strings': (bytes) => framed(Buffer.alloc(bytes, '\x0a\x01a', 'latin1')),
  'many numbers': (bytes) => framed(Buffer.alloc(bytes, '\x08\x01', 'latin1')),
  'numbers without end': (bytes) => framed(Buffer.alloc(bytes, '\xff', 'latin1')),
  groups: (bytes) => framed(Buffer.alloc(bytes, '\x0b', 'latin1')),
  'one string': (bytes) => framed(lengthField(Buffer.alloc(bytes, 'a'))),
  'messages inside each other': (bytes) => {
    let message: Buffer = Buffer.from('\x0a\x01a', 'latin1');
    for (let depth = 0; depth < 200; depth += 1) message = lengthField(message);
    return framed(Buffer.alloc(bytes, message));
  },
  'strings that begin like messages': (bytes) =>
    framed(
      Buffer.alloc(
        bytes,
        lengthField(Buffer.concat([Buffer.alloc(60_000, '\x0a\x01a', 'latin1'), Buffer.from('\xff')])),
      ),
    ),
};

function lengthField(value: Buffer): Buffer {
  const head = [0x0a];
  let left = value.length;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) head.push((left % 0x80) | 0x80);
  return Buffer.concat([Buffer.from([...head, left]), value]);
}

function grpcBodies(): readonly WorstBody[] {
  return Object.entries(messageFills).flatMap(([name, make]) => [
    { decoder: 'gRPC', name, headers: typeHeaders('application/grpc'), make },
    {
      decoder: 'gRPC-Web text',
      name,
      headers: typeHeaders('application/grpc-web-text'),
      make: (bytes: number) => Buffer.from(make(Math.floor((bytes * 3) / 4)).toString('base64')),
    },
  ]);
}

/** Bytes that do not compress, in a form's value. */
function noise(bytes: number): Buffer {
  const random = createRandom(3);
  const out = Buffer.alloc(bytes);
  for (let n = 0; n < bytes; n += 1) out[n] = 65 + random(58);
  return out;
}

const compressors: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gzipSync(bytes, { level: 1 }),
  deflate: (bytes) => deflateSync(bytes, { level: 1 }),
  br: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  zstd: (bytes) => zstdCompressSync(bytes),
};

/** Floods of empty blocks, members and frames. */
const emptyBlocks: Readonly<Record<string, readonly (readonly [name: string, make: (bytes: number) => Buffer])[]>> = {
  gzip: [
    [
      'empty stored blocks',
      (bytes) =>
        Buffer.concat([Buffer.from('1f8b08000000000000ff', 'hex'), Buffer.alloc(bytes, '\0\0\0\xff\xff', 'latin1')]),
    ],
    ['empty members', (bytes) => Buffer.alloc(bytes, gzipSync(''))],
  ],
  deflate: [
    [
      'empty stored blocks',
      (bytes) => Buffer.concat([Buffer.from('7801', 'hex'), Buffer.alloc(bytes, '\0\0\0\xff\xff', 'latin1')]),
    ],
    [
      'empty dynamic blocks',
      (bytes) => Buffer.alloc(bytes, deflateRawSync(Buffer.from('ab'), { finishFlush: constants.Z_FULL_FLUSH })),
    ],
  ],
  br: [['empty streams', (bytes) => Buffer.alloc(bytes, brotliCompressSync(''))]],
  zstd: [
    ['empty frames', (bytes) => Buffer.alloc(bytes, zstdCompressSync(''))],
    ['skippable frames', (bytes) => Buffer.alloc(bytes, Buffer.from('502a4d1800000000', 'hex'))],
  ],
};

function codedBodies(): readonly WorstBody[] {
  return Object.entries(compressors).flatMap(([decoder, compress]) => {
    const headers = typeHeaders('application/x-www-form-urlencoded', { name: 'content-encoding', value: decoder });
    const twice = typeHeaders('application/x-www-form-urlencoded', {
      name: 'content-encoding',
      value: `${decoder}, ${decoder}`,
    });
    return [
      { decoder, name: 'noise', headers, make: (bytes: number) => compress(noise(bytes)) },
      { decoder, name: 'noise, twice', headers: twice, make: (bytes: number) => compress(compress(noise(bytes))) },
      { decoder, name: 'a byte over and over', headers, make: (bytes: number) => compress(Buffer.alloc(bytes, '&')) },
      ...(emptyBlocks[decoder] ?? []).map(([name, make]) => ({ decoder, name, headers, make })),
    ];
  });
}

/** All of them. */
export const worstBodies: readonly WorstBody[] = [
  ...Object.entries(floods).flatMap(([decoder, all]) => all.map((one) => bodyOf(decoder, one))),
  ...grpcBodies(),
  ...wideBodies('UTF-16'),
  ...wideBodies('UTF-32'),
  ...codedBodies(),
];

/** Every decoder that there is a worst body for. */
export const worstDecoders: readonly string[] = [...new Set(worstBodies.map(({ decoder }) => decoder))];
