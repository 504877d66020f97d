import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { TakeMemory } from '../../../src/base/held-memory.ts';
import { limits } from '../../../src/base/limits.ts';
import {
  CodingBudget,
  CompressionLayer,
  type ContentCoding,
  endLayers,
  readLayers,
} from '../../../src/body/coding/coding-layer.ts';

const sink = { begin() {}, write() {}, end() {}, fact() {} };

function open(coding: ContentCoding, isOutermost = true, take?: TakeMemory): CompressionLayer {
  return new CompressionLayer({ coding, sink, limits, budget: new CodingBudget(limits), isOutermost, take });
}

describe('CompressionLayer', () => {
  const text = Buffer.from('0123456789abcdef'.repeat(8 * 1024));
  for (const [coding, encode] of [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const) {
    it(`decodes ${coding} as slices are taken, not before`, () => {
      const layer = open(coding);
      const other = open(coding);
      const coded = encode(text);
      const slices = layer.read(coded)[Symbol.iterator]();
      const others = other.read(encode(text.map((byte) => byte ^ 1)))[Symbol.iterator]();
      let decoded = Buffer.alloc(0);
      for (let step = slices.next(); step.done !== true; step = slices.next()) {
        expect(step.value.length).toBeLessThanOrEqual(limits.decodeSliceBytesMax);
        // Decoding of other bodies in between changes nothing.
        others.next();
        decoded = Buffer.concat([decoded, step.value]);
      }
      expect(decoded.equals(text)).toBe(true);
      layer.close();
      other.close();
    });
  }

  const plain = Buffer.alloc(1 << 20, 'memory');
  const KiB = 1024;
  for (const [coding, coded, least, most] of [
    ['gzip', gzipSync(plain), 48 * KiB, 64 * KiB],
    ['deflate', deflateSync(plain), 48 * KiB, 64 * KiB],
    ['br', brotliCompressSync(plain), KiB * KiB, 1.2 * KiB * KiB],
    ['zstd', zstdCompressSync(plain), KiB * KiB, 1.2 * KiB * KiB],
  ] as const) {
    it(`reserves the memory for a window of ${coding}, and releases it`, () => {
      let bytes = 0;
      const take = (more: number): boolean => {
        bytes += more;
        return true;
      };
      const layer = open(coding, false, take);
      for (const _ of layer.read(coded));
      expect(bytes).toBeGreaterThanOrEqual(least);
      expect(bytes).toBeLessThanOrEqual(most);
      layer.close();
      layer.close();
      expect(bytes).toBe(0);
    });

    it(`stops with body.overload when there is none left for ${coding}`, () => {
      const layer = open(coding, false, () => false);
      expect(() => [...layer.read(coded)]).toThrow(expect.objectContaining({ code: 'body.overload' }));
      layer.close();
    });
  }

  it('keeps the first bytes until they identify the format', () => {
    const layer = open('gzip');
    const coded = gzipSync(text);
    expect([...layer.read(coded.subarray(0, 4))].length).toBe(0);
    expect(layer.heldBytes).toBe(4);
    expect([...layer.read(coded.subarray(4))].length).toBeGreaterThan(0);
    expect(layer.heldBytes).toBe(0);
    layer.close();
  });

  it('frees its memory when the rest is not read', () => {
    const layer = open('gzip');
    for (const _ of layer.read(gzipSync(text))) break;
    layer.close();
    layer.close();
    const next = open('gzip');
    expect(Buffer.concat([...next.read(gzipSync(text))].map((slice) => slice.slice())).length).toBeGreaterThan(0);
    next.close();
  });
});

describe('layers', () => {
  it('are read one after the other, each to its end', () => {
    const layers = [open('br'), open('gzip', false)];
    const coded = brotliCompressSync(gzipSync('a=1'));
    const read = [...readLayers(layers, coded)].map((slice) => Buffer.from(slice).toString());
    const last = [...endLayers(layers)].map((slice) => Buffer.from(slice).toString());
    expect([...read, ...last].join('')).toBe('a=1');
    for (const layer of layers) layer.close();
  });
});

describe('CodingBudget', () => {
  it('rejects what expands by too much, or to too much', () => {
    const budget = new CodingBudget({
      ...limits,
      expansionFreeBytes: 100,
      expansionRatioMax: 10,
      decodedBytesMax: 1000,
    });
    budget.startChunk(50);
    budget.encodedLeft = 0;
    budget.check(500);
    expect(() => budget.check(501)).toThrow(expect.objectContaining({ code: 'body.limit' }));
    budget.startChunk(1000);
    budget.encodedLeft = 0;
    expect(() => budget.check(1001)).toThrow(expect.objectContaining({ code: 'body.limit' }));
  });
});
