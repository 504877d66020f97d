// Readings → text, in the formats of Prometheus (0.0.4) and of OpenMetrics (1.0). Written by prom-client.

import { type Metric as PromMetric, Registry } from 'prom-client';
import type { Reading } from './metric.ts';

/** Formats that metrics can be written in. */
export type MetricsFormat = 'prometheus' | 'openmetrics';

const contentTypes = {
  prometheus: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
} as const;

/** Writes readings, in order. */
export async function formatMetrics(readings: readonly Reading[], format: MetricsFormat): Promise<string> {
  const registry = new Registry();
  registry.setContentType(contentTypes[format] as typeof Registry.PROMETHEUS_CONTENT_TYPE);
  for (const { name, metric, samples } of readings) {
    const { type, help } = metric;
    // A counter's name in OpenMetrics is that of its family; its samples end in `_total`.
    const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
    const values = samples.map(({ part, ...sample }) =>
      part === undefined ? sample : { ...sample, metricName: `${family}_${part}` },
    );
    const written = { name: family, type, get: () => Promise.resolve({ name: family, help, type, values }) };
    registry.registerMetric(written as unknown as PromMetric);
  }
  return registry.metrics();
}
