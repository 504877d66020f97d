import { describe, expect, it } from 'vitest';
import { findOverlap, formatIdRanges, isInRanges, parseIdRange } from '../../src/pack/id-ranges.ts';

describe('parseIdRange', () => {
  it('reads an id and a range, and nothing else', () => {
    expect(parseIdRange('7')).toStrictEqual({ first: 7, last: 7 });
    expect(parseIdRange('7-9')).toStrictEqual({ first: 7, last: 9 });
    for (const text of ['', '-', '7-', '-9', '9-7', '1-2-3', 'a', '1.5', '9'.repeat(16)]) {
      expect(parseIdRange(text), text).toBeUndefined();
    }
  });
});

describe('isInRanges', () => {
  it('counts both ends', () => {
    const ranges = [
      { first: 1, last: 1 },
      { first: 5, last: 7 },
    ];
    expect([0, 1, 2, 4, 5, 7, 8].filter((id) => isInRanges(ranges, id))).toStrictEqual([1, 5, 7]);
    expect(formatIdRanges(ranges)).toBe('1, 5-7');
  });
});

describe('findOverlap', () => {
  it('finds two that share an id, in any order', () => {
    const range = (first: number, last: number) => ({ first, last });
    expect(findOverlap([range(5, 9), range(1, 4), range(10, 10)])).toBeUndefined();
    expect(findOverlap([range(5, 9), range(1, 5)])).toStrictEqual([range(1, 5), range(5, 9)]);
  });
});
