import { describe, expect, it } from 'vitest';
import { WafError } from '../../src/base/errors.ts';
import { limitsWith } from '../../src/base/limits.ts';
import { metricTable } from '../../src/metrics/metric-table.ts';
import { ExclusionHits } from '../../src/server/exclusion-hits.ts';
import { ServerHealth } from '../../src/server/health.ts';
import { openLogs } from '../../src/server/logs.ts';
import { type MeasuredParts, ServerMetrics } from '../../src/server/server-metrics.ts';
import { createShadowing } from '../../src/server/shadowing.ts';
import { RecordSinks } from '../../src/transaction/record-sinks.ts';
import { recordWith } from '../support/record.ts';

const limits = limitsWith({});

function begin() {
  const health = new ServerHealth();
  const logs = openLogs({ logLevel: 'silent', auditLog: undefined, limits });
  const told = { onError: () => undefined, onLoss: () => undefined, onRecovery: () => undefined };
  const parts: MeasuredParts = {
    health,
    logs,
    sinks: new RecordSinks([], { limits, ...told }),
    rules: undefined,
    admission: undefined,
    transport: undefined,
    handshakes: undefined,
    scanner: undefined,
    shadows: createShadowing({ limits }, { log: logs.log, redactionOf: () => 'redacted', load: () => 0 }).runs,
    exclusions: new ExclusionHits(limits),
  };
  const metrics = new ServerMetrics(limits);
  const valuesOf = (name: string, given: Partial<MeasuredParts> = {}): readonly number[] =>
    metrics
      .read({ ...parts, ...given })
      .find((reading) => reading.name === name)
      ?.samples.map(({ value }) => value) ?? [];
  return { metrics, health, logs, parts, valuesOf };
}

describe('ServerMetrics', () => {
  it('has every metric of the table, also at the start', async () => {
    const { metrics, parts, logs } = begin();
    expect(metrics.read(parts).map(({ name }) => name)).toStrictEqual(Object.keys(metricTable));
    expect(await metrics.text(parts, 'openmetrics')).toMatch(/\nweir_ready 0\n/);
    await logs.close();
  });

  it('counts reloads, and identifies the rules', async () => {
    const { metrics, logs, valuesOf } = begin();
    expect(valuesOf('weir_loaded_timestamp_seconds')).toStrictEqual([0]);
    metrics.loaded();
    metrics.reloaded({ isDone: true, generation: 2, ruleCount: 1, loadMs: 1 });
    metrics.reloaded({ isDone: false, generation: 2, error: new WafError('config.invalid', 'no') });
    expect([valuesOf('weir_reloads_total'), valuesOf('weir_last_reload_failed')]).toStrictEqual([[1, 1], [1]]);
    metrics.reloaded({ isDone: true, generation: 3, ruleCount: 1, loadMs: 1 });
    expect([valuesOf('weir_reloads_total'), valuesOf('weir_last_reload_failed')]).toStrictEqual([[2, 1], [0]]);
    expect(valuesOf('weir_loaded_timestamp_seconds')[0]).toBeGreaterThan(1e9);
    const rules = { generation: 3, openPlans: 2, ruleCount: 9, packs: [], profilePacks: [] };
    for (const [name, value] of [
      ['weir_generation', 3],
      ['weir_open_plans', 2],
      ['weir_rules', 9],
    ] as const) {
      expect(valuesOf(name, { rules })).toStrictEqual([value]);
    }
    await logs.close();
  });

  it('reports in which mode and share packs run, each once', async () => {
    const { metrics, logs, parts } = begin();
    const pack = { name: 'acme', version: '1.0.0', digest: 'sha256:1' };
    const packs = [
      { ...pack, mode: 'shadow', share: 12.5 },
      { ...pack, mode: 'block', share: 100 },
    ] as const;
    const profilePacks = packs.map((one, index) => ({ profile: `p${index}`, pack: one }));
    const rules = { generation: 1, openPlans: 1, ruleCount: 1, packs, profilePacks };
    const samplesOf = (wanted: string) =>
      metrics.read({ ...parts, rules }).find(({ name }) => name === wanted)?.samples;
    const labels = { pack: 'acme', version: '1.0.0' };
    expect(samplesOf('weir_pack_share_percent')).toStrictEqual([
      { labels: { profile: 'p0', ...labels, mode: 'shadow' }, value: 12.5 },
      { labels: { profile: 'p1', ...labels, mode: 'block' }, value: 100 },
    ]);
    expect(samplesOf('weir_pack_info')).toStrictEqual([{ labels: { ...labels, digest: 'sha256:1' }, value: 1 }]);
    await logs.close();
  });

  it('is ready and overloaded as the health state is', async () => {
    const { health, logs, valuesOf } = begin();
    health.started();
    expect([valuesOf('weir_ready'), valuesOf('weir_overloaded')]).toStrictEqual([[1], [0]]);
    health.overloaded('full');
    expect([valuesOf('weir_ready'), valuesOf('weir_overloaded')]).toStrictEqual([[0], [1]]);
    await logs.close();
  });

  it('reports the work of threads', async () => {
    const { logs, valuesOf } = begin();
    expect(valuesOf('weir_pool_tasks')).toStrictEqual([0, 0, 0, 0]);
    expect(valuesOf('weir_pool_tasks', { scanner: { busy: 3 } })).toStrictEqual([0, 0, 3, 0]);
    await logs.close();
  });

  it('counts the records that a slow reader loses', async () => {
    const { logs, valuesOf } = begin();
    const slow = { name: 'a slow reader', onRecord: () => new Promise<void>(() => {}) };
    const told = { onError: () => undefined, onLoss: () => undefined, onRecovery: () => undefined };
    const sinks = new RecordSinks([slow], { limits: { recordQueueBytesMax: 1e6, recordQueueLengthMax: 2 }, ...told });
    for (let count = 0; count < 5; count += 1) sinks.put(recordWith());
    expect(valuesOf('weir_records_lost_total', { sinks })).toStrictEqual([2]);
    await logs.close();
  });
});
