// Encoded bodies that contain more than they decode to.

import { gzipSync } from 'node:zlib';

/** A gzip member with a file name, a comment or an extra field (RFC 1952 §2.3). */
export function member(
  text: string,
  kept: { readonly extra?: string; readonly name?: string; readonly comment?: string } = {},
): Buffer {
  const plain = gzipSync(text);
  const { extra, name, comment } = kept;
  const flags = (extra === undefined ? 0 : 4) | (name === undefined ? 0 : 8) | (comment === undefined ? 0 : 16);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(extra?.length ?? 0);
  return Buffer.concat([
    plain.subarray(0, 3),
    Buffer.of(flags),
    plain.subarray(4, 10),
    ...(extra === undefined ? [] : [length, Buffer.from(extra, 'latin1')]),
    ...[name, comment].map((text) => Buffer.from(text === undefined ? '' : `${text}\0`, 'latin1')),
    plain.subarray(10),
  ]);
}

/** Brotli with metadata before `text`, both uncompressed (RFC 7932 §9.2). */
export function brotli(text: string, metadata: string): Buffer {
  const bits = (...fields: readonly (readonly [value: number, width: number])[]): Buffer => {
    const digits = fields.map(([value, width]) => value.toString(2).padStart(width, '0').split('').reverse().join(''));
    const all = digits.join('').padEnd(Math.ceil(digits.join('').length / 8) * 8, '0');
    const bytes = all.match(/.{8}/g) ?? [];
    return Buffer.from(bytes.map((one) => Number.parseInt(one.split('').reverse().join(''), 2)));
  };
  return Buffer.concat([
    // Window of 2^16, not the last block, metadata, one byte of length.
    bits([0, 1], [0, 1], [3, 2], [0, 1], [1, 2], [metadata.length - 1, 8]),
    Buffer.from(metadata),
    // Not the last block, four nibbles of length, uncompressed.
    bits([0, 1], [0, 2], [text.length - 1, 16], [1, 1]),
    Buffer.from(text),
    Buffer.of(3),
  ]);
}

/** A skippable zstd frame (RFC 8878 §3.1.2). */
export function skippable(text: string): Buffer {
  const head = Buffer.from('502a4d1800000000', 'hex');
  head.writeUInt32LE(text.length, 4);
  return Buffer.concat([head, Buffer.from(text)]);
}
