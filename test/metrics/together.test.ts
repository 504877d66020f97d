import { describe, expect, it } from 'vitest';
import type { Metric, Sample } from '../../src/metrics/metric.ts';
import { togetherOf } from '../../src/metrics/together.ts';

const metric = (aggregator: Metric['aggregator'], type: Metric['type'] = 'gauge'): Metric => ({
  type,
  labels: [],
  help: 'x',
  aggregator,
});
const value = (number: number, labels = {}): Sample => ({ labels, value: number });

describe('togetherOf', () => {
  for (const [aggregator, expected] of [
    ['sum', 10],
    ['max', 7],
    ['min', 3],
    ['first', 3],
  ] as const) {
    it(`makes ${expected} of 3 and 7 by ${aggregator}`, () => {
      const readings = [3, 7].map((one) => [{ name: 'a', metric: metric(aggregator), samples: [value(one)] }]);
      expect(togetherOf(readings)).toStrictEqual([
        { name: 'a', metric: metric(aggregator), samples: [value(expected)] },
      ]);
    });
  }

  it('distinguishes labels, whatever their order, and keeps metrics that only one process has', () => {
    const counter = metric('sum', 'counter');
    const together = togetherOf([
      [{ name: 'a', metric: counter, samples: [value(1, { x: '1', y: '2' }), value(5, { x: '2' })] }],
      [
        { name: 'a', metric: counter, samples: [value(2, { y: '2', x: '1' })] },
        { name: 'b', metric: counter, samples: [value(9)] },
      ],
    ]);
    expect(together.map(({ name, samples }) => [name, samples.map((one) => one.value)])).toStrictEqual([
      ['a', [3, 5]],
      ['b', [9]],
    ]);
  });

  it('sums histograms part by part', () => {
    const histogram = metric('first', 'histogram');
    const samples: Sample[] = [
      { labels: { le: '1' }, value: 2, part: 'bucket' },
      { labels: {}, value: 5, part: 'sum' },
    ];
    const [together] = togetherOf([
      [{ name: 'h', metric: histogram, samples }],
      [{ name: 'h', metric: histogram, samples }],
    ]);
    expect(together?.samples.map((one) => [one.part, one.value])).toStrictEqual([
      ['bucket', 4],
      ['sum', 10],
    ]);
  });

  it('returns nothing for nothing', () => expect(togetherOf([])).toStrictEqual([]));
});
