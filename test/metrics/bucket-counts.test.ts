import { describe, expect, it } from 'vitest';
import { BucketCounts } from '../../src/metrics/bucket-counts.ts';

describe('BucketCounts', () => {
  it('counts a value in the bucket that it fits, and in all above', () => {
    const counts = new BucketCounts([0, 1, 10]);
    for (const value of [0, 1, 1.5, 10, 11, 1e9]) counts.add(value);
    const samples = counts.samples({ stage: 'x' });
    expect(samples.map(({ part, labels, value }) => [part, labels.le, value])).toStrictEqual([
      ['bucket', '0', 1],
      ['bucket', '1', 2],
      ['bucket', '10', 4],
      ['bucket', '+Inf', 6],
      ['sum', undefined, 1e9 + 23.5],
      ['count', undefined, 6],
    ]);
    expect(samples.every(({ labels }) => labels.stage === 'x')).toBe(true);
  });
});
