// Reading packed hits.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HitBuffer } from '../../src/matching/hits.ts';
import { hitFlagOverflow, hitFlagTruncated, hitFlagWindowed } from '../../src/matching/native.ts';

describe('HitBuffer', () => {
  it('reads the layout that native code writes', () => {
    const hits = new HitBuffer(2);
    hits.words.set([2, 0, 99, 7, 8, 9, 10, 11, 12]);
    assert.equal(hits.count, 2);
    assert.deepEqual([hits.fieldAt(0), hits.patternAt(0), hits.toAt(0)], [7, 8, 9]);
    assert.deepEqual([hits.fieldAt(1), hits.patternAt(1), hits.toAt(1)], [10, 11, 12]);
    assert.equal(hits.work, 99);
    assert.equal(hits.hitsMax, 2);
  });

  it('reads each flag by itself', () => {
    const hits = new HitBuffer(0);
    const flags = (word: number): boolean[] => {
      hits.words[1] = word;
      return [hits.hasOverflow, hits.isTruncated, hits.isWindowed];
    };
    assert.deepEqual(flags(0), [false, false, false]);
    assert.deepEqual(flags(hitFlagOverflow), [true, false, false]);
    assert.deepEqual(flags(hitFlagTruncated), [false, true, false]);
    assert.deepEqual(flags(hitFlagWindowed), [false, false, true]);
  });

  it('grows in shared memory', () => {
    const hits = new HitBuffer(1);
    hits.grow(5);
    assert.equal(hits.hitsMax, 5);
    assert.equal(hits.count, 0);
    assert.ok(hits.words.buffer instanceof SharedArrayBuffer);
  });
});
