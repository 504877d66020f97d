// prom-client's metrics of this process: processor time, memory, files, event loop, garbage collection. It observes the whole
// process and cannot be stopped, so there is one for all servers of a process.

import type { Registry as PromRegistry } from 'prom-client';
import type { Reading, Sample } from './metric.ts';

/** Names that are shown; some of the others have a label for each kind of handle, which is not needed. */
const shown =
  /^weir_(process_(cpu_(user_|system_)?seconds_total|start_time_seconds|resident_memory_bytes|open_fds|max_fds)|nodejs_(eventloop_lag_(p50|p90|p99|max|mean)_seconds|heap_size_(total|used)_bytes|external_memory_bytes|gc_duration_seconds))$/;

let watched: Promise<PromRegistry> | undefined;

/** Starts observing. Until then prom-client is not loaded, which takes 18 MiB and a tenth of a second. Idempotent. */
export function watchProcess(): Promise<PromRegistry> {
  watched ??= import('prom-client').then(({ collectDefaultMetrics, Registry }) => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry, prefix: 'weir_' });
    return registry;
  });
  return watched;
}

/** Reads them. The lag of the event loop is that since the last reading. */
export async function readProcess(): Promise<readonly Reading[]> {
  const registry = await watchProcess();
  const all = await registry.getMetricsAsJSON();
  return all.filter(({ name }) => shown.test(name)).map((one) => readingOf(one as unknown as MetricJson));
}

/** A metric as returned by prom-client; its types omit parts of histograms. */
interface MetricJson {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly aggregator: string;
  readonly values: readonly {
    readonly metricName?: string;
    readonly labels: Readonly<Record<string, string | number>>;
    readonly value: number;
  }[];
}

function readingOf({ name, help, type, aggregator, values }: MetricJson): Reading {
  const samples = values.map(({ metricName = name, labels, value }): Sample => {
    const part = (['bucket', 'sum', 'count'] as const).find((one) => metricName === `${name}_${one}`);
    const texts = Object.fromEntries(Object.entries(labels).map(([label, text]) => [label, String(text)]));
    return { labels: texts, value, ...(part === undefined ? {} : { part }) };
  });
  const labels = [...new Set(samples.flatMap((sample) => Object.keys(sample.labels)))].filter((one) => one !== 'le');
  // One slow server of several must not be hidden by the average of all.
  const together = aggregator === 'average' || aggregator === 'omit' ? 'max' : (aggregator as 'sum' | 'first');
  return { name, metric: { type, labels, help: help.replace(/\.$/, ''), aggregator: together }, samples };
}
