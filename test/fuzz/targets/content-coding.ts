// Content encodings. Settings: the three low bits choose what is declared; 8 small slices and blocks; 16 compresses the rest
// first, which must be decoded to the same bytes.

import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { limits } from '../../../src/base/limits.ts';
import type { ContentCoding } from '../../../src/body/coding/coding-layer.ts';
import { ContentCodingDecoder } from '../../../src/body/coding/content-coding.ts';
import type { Decoder } from '../../../src/body/decoder.ts';
import { RawDecoder } from '../../../src/body/raw.ts';
import type { FieldSink } from '../../../src/http/field.ts';
import { EventLog, printable } from '../../support/event-log.ts';
import { assertCutInvariant, assertHolds, type FuzzTarget, splitSettings } from '../target.ts';

const declared: readonly (readonly ContentCoding[])[] = [
  ['gzip'],
  ['deflate'],
  ['br'],
  ['zstd'],
  ['gzip', 'br'],
  ['zstd', 'deflate', 'gzip'],
  ['gzip', 'gzip', 'gzip', 'gzip'],
  ['deflate', 'deflate'],
];
const compress: Readonly<Record<ContentCoding, (bytes: Uint8Array) => Buffer>> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
};
const usual = { ...limits, expansionFreeBytes: 16 * 1024, decodedBytesMax: 256 * 1024 };
const small = {
  ...usual,
  decodeSliceBytesMax: 64,
  decodeBlockBytes: 24,
  expansionFreeBytes: 512,
  decodedBytesMax: 8192,
};

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 6_000,
  words: ['\x1f\x8b\x08\0', '\x78\x9c', '\x28\xb5\x2f\xfd', '\x50\x2a\x4d\x18', '\0\0\xff\xff', '\x03\0'],
  seeds: () => {
    const text = Buffer.from('abcabcabc hello hello & more of the same text, the same text');
    const long = Buffer.alloc(20_000, 'a long text, ');
    const coded = declared.flatMap((codings, index) =>
      [text, long].map((bytes) => Buffer.concat([Buffer.from([0x40 + index]), compressed(bytes, codings)])),
    );
    const raw = Buffer.concat([Buffer.from('A'), deflateRawSync(text)]);
    return [...coded, raw, Buffer.from('Ptext'), Buffer.from('Itext that is not coded')];
  },
  branchesMax: (bytes) => 200_000 + 4_000 * bytes,
  run: (input) => {
    const { settings, rest } = splitSettings(input);
    const codings = declared[settings & 7] as readonly ContentCoding[];
    const bounds = (settings & 8) === 0 ? usual : small;
    const open = (sink: FieldSink): Decoder =>
      new ContentCodingDecoder({ codings, next: sliceChecked(sink, bounds.decodeSliceBytesMax), sink, limits: bounds });
    const body = (settings & 16) === 0 ? rest : compressed(rest, codings);
    const lines = assertCutInvariant(open, body, {
      fields: 1,
      valueBytes: bounds.decodedBytesMax + bounds.decodeSliceBytesMax,
    });
    if ((settings & 16) === 0 || lines.some((line) => line.startsWith('THROWS body.limit'))) return;
    const expected = new EventLog();
    const plain = new RawDecoder(expected, 'REQUEST_BODY');
    plain.write(rest);
    plain.end();
    assertHolds(
      lines.join('\n') === expected.lines().join('\n'),
      `what was compressed comes out as ${printable(lines.join('\n'))}`,
    );
  },
};

function compressed(bytes: Uint8Array, codings: readonly ContentCoding[]): Uint8Array {
  let body = bytes;
  for (const coding of codings) body = compress[coding](body);
  return body;
}

/** Reports the bytes as one field; slices must be no longer than they may. */
function sliceChecked(sink: FieldSink, sliceBytesMax: number): Decoder {
  const next = new RawDecoder(sink, 'REQUEST_BODY');
  return {
    write: (bytes) => {
      assertHolds(bytes.length > 0 && bytes.length <= sliceBytesMax, `a slice of ${bytes.length} bytes`);
      next.write(bytes);
    },
    end: () => next.end(),
    heldBytes: 0,
  };
}
