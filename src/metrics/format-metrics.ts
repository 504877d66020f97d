// Readings → text in the formats of Prometheus (0.0.4) and OpenMetrics (1.0). Uses prom-client, which is loaded at the first
// call.

import type { Metric as PromMetric, Registry as PromRegistry } from 'prom-client';
import type { Reading } from './metric.ts';

/** Formats that metrics can be written in. */
export type MetricsFormat = 'prometheus' | 'openmetrics';

/** Writes readings, in order. */
export async function formatMetrics(readings: readonly Reading[], format: MetricsFormat): Promise<string> {
  const { Registry } = await import('prom-client');
  const registry = new Registry();
  const { PROMETHEUS_CONTENT_TYPE, OPENMETRICS_CONTENT_TYPE } = Registry;
  const contentType = format === 'prometheus' ? PROMETHEUS_CONTENT_TYPE : OPENMETRICS_CONTENT_TYPE;
  registry.setContentType(contentType as typeof PromRegistry.PROMETHEUS_CONTENT_TYPE);
  for (const { name, metric, samples } of readings) {
    const { type, help } = metric;
    // In OpenMetrics a counter has the name of its family; its samples end in `_total`.
    const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
    const values = samples.map(({ part, ...sample }) =>
      part === undefined ? sample : { ...sample, metricName: `${family}_${part}` },
    );
    const written = { name: family, type, get: () => Promise.resolve({ name: family, help, type, values }) };
    registry.registerMetric(written as unknown as PromMetric);
  }
  return registry.metrics();
}
