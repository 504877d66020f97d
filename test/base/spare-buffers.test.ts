import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { spareBuffers } from '../../src/base/spare-buffers.ts';

const KiB = 1024;

describe('spareBuffers.take', () => {
  it.each([
    [1, 64 * KiB, 256],
    [256, 64 * KiB, 256],
    [257, 64 * KiB, 512],
    [4 * KiB, 64 * KiB, 4 * KiB],
    [33 * KiB, 64 * KiB, 64 * KiB],
    [300, 1_000, 512],
    [700, 1_000, 1_000],
    [700, 100, 700],
    [70_000, 1024 * KiB, 128 * KiB],
  ])('gives for %i bytes, at most %i wanted, %i', (bytes, bytesMax, length) => {
    expect(spareBuffers.take(bytes, bytesMax)).toHaveLength(length);
  });
});

describe('spareBuffers.give', () => {
  it('returns a buffer to the next caller that asks for its size', () => {
    const buffer = spareBuffers.take(2 * KiB, 64 * KiB);
    spareBuffers.give(buffer);
    expect(spareBuffers.take(1 * KiB, 64 * KiB)).not.toBe(buffer);
    expect(spareBuffers.take(2 * KiB, 64 * KiB)).toBe(buffer);
    expect(spareBuffers.take(2 * KiB, 64 * KiB), 'it is in use').not.toBe(buffer);
  });

  it('keeps no buffer of an unusual size, and none above the limit', () => {
    const odd = spareBuffers.take(700, 1_000);
    spareBuffers.give(odd);
    expect(spareBuffers.take(700, 1_000)).not.toBe(odd);
    const many = Array.from({ length: 2 * (constants.spareBufferBytesMax / (64 * KiB)) }, () =>
      spareBuffers.take(64 * KiB, 64 * KiB),
    );
    for (const one of many) spareBuffers.give(one);
    const again = new Set(many.map(() => spareBuffers.take(64 * KiB, 64 * KiB)));
    expect(many.filter((one) => again.has(one)).length * 64 * KiB).toBeLessThanOrEqual(constants.spareBufferBytesMax);
  });
});
