// Combines the readings of several processes, each metric according to its `aggregator`. Knows no process.

import type { Metric, Reading, Sample } from './metric.ts';

const combine: Readonly<Record<Metric['aggregator'], (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  max: Math.max,
  min: Math.min,
  first: (a) => a,
};

/** What makes two samples of a metric the same: labels and part. */
const keyOf = ({ labels, part }: Sample): string => JSON.stringify([part, Object.entries(labels).sort()]);

/** One reading per name, in order of first appearance. Histograms are summed. */
export function togetherOf(all: readonly (readonly Reading[])[]): readonly Reading[] {
  const byName = new Map<string, { readonly metric: Metric; readonly samples: Map<string, Sample> }>();
  for (const { name, metric, samples } of all.flat()) {
    const known = byName.get(name) ?? { metric, samples: new Map<string, Sample>() };
    byName.set(name, known);
    const both = combine[metric.type === 'histogram' ? 'sum' : metric.aggregator];
    for (const sample of samples) {
      const key = keyOf(sample);
      const before = known.samples.get(key);
      known.samples.set(key, before === undefined ? sample : { ...sample, value: both(before.value, sample.value) });
    }
  }
  return [...byName].map(([name, { metric, samples }]) => ({ name, metric, samples: [...samples.values()] }));
}
