// Content encodings compared with node:zlib as servers use it: on whole bodies, or on a stream whose first bytes are used before it fails.

import { once } from 'node:events';
import type { Transform } from 'node:stream';
import {
  brotliCompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createUnzip,
  createZstdDecompress,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import fc from 'fast-check';
import { codingExceptions } from './coding-exceptions.ts';
import { edited, edits } from './mutations.ts';
import type { OracleRequest } from './reading.ts';
import { declareTrial, type Oracle } from './trial.ts';

const compressors = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync } as const;
type Coding = keyof typeof compressors;

const request = (contentEncoding: string, body: Uint8Array): OracleRequest => ({
  contentType: 'text/plain',
  contentEncoding,
  body,
});

const pieceBytes = 8;

/** The output up to the first error. */
const decompressor = (name: string, codings: readonly string[], open: () => Transform): Oracle => ({
  name,
  read: async ({ contentEncoding, body }) => {
    if (!codings.includes(contentEncoding ?? '')) return [];
    const parts: Buffer[] = [];
    const stream = open();
    stream.on('data', (bytes: Buffer) => parts.push(bytes)).on('error', () => {});
    // The output of a piece is used before the next one fails.
    for (let from = 0; from < body.length; from += pieceBytes) {
      stream.write(Buffer.from(body.subarray(from, from + pieceBytes)));
    }
    stream.end();
    await once(stream, 'close').catch(() => {});
    return parts.length === 0 ? [] : [{ role: 'body', text: Buffer.concat(parts) }];
  },
});

const plain = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.string({ maxLength: 40 }).map((text) => Buffer.from(text)),
  fc
    .tuple(fc.constantFrom('script>', 'ab', ' '), fc.integer({ min: 1, max: 400 }))
    .map(([unit, count]) => Buffer.from(unit.repeat(count))),
);
const coding = fc.constantFrom(...(Object.keys(compressors) as Coding[]));
const compressed = (text: Uint8Array, by: Coding): Buffer => compressors[by](text);

const wellFormed = fc.tuple(plain, coding, fc.integer({ min: 1, max: 3 })).map(([text, by, members]) => {
  // Several members make one body (RFC 1952 §2.2). So do zstd frames, but node:zlib ends after the first.
  return request(by, Buffer.concat(Array.from({ length: by === 'gzip' ? members : 1 }, () => compressed(text, by))));
});

const tokens = [
  '\x1f\x8b',
  '\x1f\x8b\x08',
  '\0',
  '\0\0\0\0',
  '\x78\x9c',
  '\x03\0',
  '\x01\0\0\xff\xff',
  'trailing',
  '\x28\xb5\x2f\xfd',
  '\x50\x2a\x4d\x18\x04\0\0\0skip',
  '\xff',
  '\x06',
];
const hostile = fc
  .tuple(plain, coding, fc.constantFrom('gzip', 'deflate', 'br', 'zstd', 'x-gzip'), fc.nat(4), edits(tokens))
  .map(([text, by, other, choice, changes]) => {
    const raw = by === 'deflate' && choice === 1 ? deflateRawSync(text) : compressed(text, by);
    const body = choice === 2 ? Buffer.concat([raw, compressed(text, by)]) : raw;
    return request(choice === 0 ? other : by, edited(body, changes));
  });

/** A body that is zlib (RFC 1950) with one text and raw deflate (RFC 1951) with another, complete in both. */
function zlibAndRaw(): Buffer {
  // Raw, 78 01 begins a stored block of one byte (01 00, fe ff); for zlib the same bytes begin one of 65,534 bytes.
  const begin = Buffer.from([0x78, 0x01, 0x00, 0xfe, 0xff, 0x01, 0x00]);
  const text = Buffer.alloc(0xfffe, 'a');
  Buffer.concat([Buffer.from([0, 0, 0xff, 0xff]), deflateRawSync('<script>')]).copy(text);
  const sum = deflateSync(text).subarray(-4);
  return Buffer.concat([begin, text, Buffer.from([1, 0, 0, 0xff, 0xff]), sum]);
}

declareTrial({
  format: 'content codings',
  oracles: [
    decompressor('gunzip', ['gzip', 'x-gzip'], () => createGunzip()),
    decompressor('unzip', ['gzip', 'x-gzip', 'deflate'], () => createUnzip()),
    decompressor('inflate', ['deflate'], () => createInflate()),
    decompressor('inflateRaw', ['deflate'], () => createInflateRaw()),
    decompressor('brotliDecompress', ['br'], () => createBrotliDecompress()),
    decompressor('zstdDecompress', ['zstd'], () => createZstdDecompress()),
  ],
  exceptions: codingExceptions,
  blockCauses: ['parse', 'limit.body'],
  wellFormed,
  hostile,
  cases: [
    ['an empty body', request('gzip', Buffer.alloc(0))],
    ['gzip', request('gzip', gzipSync('<script>'))],
    ['gzip of nothing', request('gzip', gzipSync(''))],
    ['gzip in two members', request('gzip', Buffer.concat([gzipSync('<scr'), gzipSync('ipt>')]))],
    ['gzip before zeros', request('gzip', Buffer.concat([gzipSync('<script>'), Buffer.alloc(9)]))],
    ['gzip before something else', request('gzip', Buffer.concat([gzipSync('a'), Buffer.from('<script>')]))],
    ['gzip before half a member', request('gzip', Buffer.concat([gzipSync('a'), gzipSync('<script>').subarray(0, 9)]))],
    ['gzip without its end', request('gzip', gzipSync('<script>'.repeat(99)).subarray(0, -9))],
    [
      'gzip with a wrong checksum',
      request('gzip', edited(gzipSync('<script>'), [{ kind: 'flip', at: 0.99, mask: 1 }])),
    ],
    ['deflate', request('deflate', deflateSync('<script>'))],
    ['deflate without its wrapper', request('deflate', deflateRawSync('<script>'))],
    ['deflate that is gzip', request('deflate', gzipSync('<script>'))],
    ['gzip that is deflate', request('gzip', deflateSync('<script>'))],
    ['deflate before something else', request('deflate', Buffer.concat([deflateSync('a'), Buffer.from('<script>')]))],
    ['deflate with and without its wrapper', request('deflate', zlibAndRaw())],
    ['br', request('br', brotliCompressSync('<script>'))],
    ['br before something else', request('br', Buffer.concat([brotliCompressSync('a'), Buffer.from('<script>')]))],
    ['br without its end', request('br', brotliCompressSync('<script>'.repeat(99)).subarray(0, -3))],
    ['zstd in two frames', request('zstd', Buffer.concat([zstdCompressSync('<scr'), zstdCompressSync('ipt>')]))],
    ['zstd before something else', request('zstd', Buffer.concat([zstdCompressSync('a'), Buffer.from('<script>')]))],
    [
      'zstd behind a frame to skip',
      request('zstd', Buffer.concat([Buffer.from('\x50\x2a\x4d\x18\x01\0\0\0x', 'latin1'), zstdCompressSync('<')])),
    ],
    ['what is not gzip', request('gzip', Buffer.from('<script>'))],
  ],
});
