import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withMetricTable } from '../../scripts/metric-table.ts';
import { type MetricName, metricTable } from '../../src/metrics/metric-table.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'metrics.md'), 'utf8');

describe('metricTable', () => {
  it('is up to date in docs/metrics.md', () => {
    expect(page, 'run: node scripts/metric-table.ts (part of npm run generate)').toBe(withMetricTable(page));
  });

  for (const name of Object.keys(metricTable) as MetricName[]) {
    const { type, help, labels, ...more } = metricTable[name];
    it(`names ${name} by Prometheus's conventions`, () => {
      expect(name).toMatch(/^weir_[a-z_]+$/);
      expect(name.endsWith('_total'), 'counters, and only they, end in _total').toBe(type === 'counter');
      if (type === 'histogram') {
        expect(name).toMatch(/_(seconds|bytes)$/);
        const { buckets = [] } = more as { readonly buckets?: readonly number[] };
        expect(buckets).toStrictEqual([...buckets].sort((a, b) => a - b));
      }
      expect(help).toMatch(/^\S.*[^.]$/);
      expect(labels.filter((label) => !/^[a-z]+$/.test(label) || label === 'le')).toStrictEqual([]);
    });
  }
});
