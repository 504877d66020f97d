import { describe, expect, it } from 'vitest';
import { LabelCounts, otherLabel } from '../../src/metrics/label-counts.ts';

describe('LabelCounts', () => {
  it('has a count for each value up to its limit, and one for all others', () => {
    const counts = new LabelCounts(2);
    for (const value of ['a', 'b', 'c', 'd', 'a', '__proto__']) counts.add(value, 2);
    expect([...counts.all]).toStrictEqual([
      ['a', 4],
      ['b', 2],
      [otherLabel, 6],
    ]);
  });
});
