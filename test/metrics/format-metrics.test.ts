import { describe, expect, it } from 'vitest';
import { formatMetrics } from '../../src/metrics/format-metrics.ts';
import type { Reading } from '../../src/metrics/metric.ts';

const readings: readonly Reading[] = [
  {
    name: 'weir_a_total',
    metric: { type: 'counter', labels: ['name'], help: 'Counts a\\b\nand more', aggregator: 'sum' },
    samples: [{ labels: { name: 'a"b\\c\nd' }, value: 3 }],
  },
  {
    name: 'weir_b_seconds',
    metric: { type: 'histogram', labels: [], help: 'Times', aggregator: 'sum', buckets: [1] },
    samples: [
      { part: 'bucket', labels: { le: '1' }, value: 1 },
      { part: 'bucket', labels: { le: '+Inf' }, value: 2 },
      { part: 'sum', labels: {}, value: 2.5 },
      { part: 'count', labels: {}, value: 2 },
    ],
  },
];

const samples = ['weir_b_seconds_bucket{le="1"} 1', 'weir_b_seconds_bucket{le="+Inf"} 2', 'weir_b_seconds_sum 2.5'];

describe('formatMetrics', () => {
  it('writes the format of Prometheus', async () => {
    const lines = (await formatMetrics(readings, 'prometheus')).split('\n');
    expect(lines).toEqual(expect.arrayContaining(samples));
    expect(lines.slice(0, 3)).toStrictEqual([
      '# HELP weir_a_total Counts a\\\\b\\nand more',
      '# TYPE weir_a_total counter',
      'weir_a_total{name="a\\"b\\\\c\\nd"} 3',
    ]);
  });

  it('writes OpenMetrics', async () => {
    const text = await formatMetrics(readings, 'openmetrics');
    expect(text.split('\n')).toEqual(expect.arrayContaining(['# TYPE weir_a counter', ...samples]));
    expect(text).toContain('\nweir_a_total{name=');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
  });
});
