// Reading packed hits.

import { describe, expect, it } from 'vitest';
import { HitBuffer } from '../../src/matching/hits.ts';
import { hitFlagOverflow, hitFlagTruncated, hitFlagWindowed } from '../../src/matching/native.ts';

describe('HitBuffer', () => {
  it('reads the layout that native code writes', () => {
    const hits = new HitBuffer(2);
    hits.words.set([2, 0, 99, 7, 8, 9, 10, 11, 12]);
    expect(hits.count).toBe(2);
    expect([hits.fieldAt(0), hits.patternAt(0), hits.toAt(0)]).toStrictEqual([7, 8, 9]);
    expect([hits.fieldAt(1), hits.patternAt(1), hits.toAt(1)]).toStrictEqual([10, 11, 12]);
    expect(hits.work).toBe(99);
    expect(hits.hitsMax).toBe(2);
  });

  it('reads each flag by itself', () => {
    const hits = new HitBuffer(0);
    const flags = (word: number): boolean[] => {
      hits.words[1] = word;
      return [hits.hasOverflow, hits.isTruncated, hits.isWindowed];
    };
    expect(flags(0)).toStrictEqual([false, false, false]);
    expect(flags(hitFlagOverflow)).toStrictEqual([true, false, false]);
    expect(flags(hitFlagTruncated)).toStrictEqual([false, true, false]);
    expect(flags(hitFlagWindowed)).toStrictEqual([false, false, true]);
  });

  it('grows in shared memory', () => {
    const hits = new HitBuffer(1);
    hits.grow(5);
    expect(hits.hitsMax).toBe(5);
    expect(hits.count).toBe(0);
    expect(hits.words.buffer).toBeInstanceOf(SharedArrayBuffer);
  });
});
