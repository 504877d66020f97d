// deploy/prometheus and deploy/grafana query existing metrics, in expressions that Prometheus understands, and each alert
// fires when it should.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatMetrics } from '../../src/metrics/format-metrics.ts';
import { metricTable } from '../../src/metrics/metric-table.ts';
import { readProcess } from '../../src/metrics/process-metrics.ts';
import { promtoolProblem, withoutPromtool } from '../support/promtool.ts';

const deploy = join(import.meta.dirname, '..', '..', 'deploy');
const folder = mkdtempSync(join(tmpdir(), 'weir-deploy-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Alert {
  readonly alert: string;
  readonly expr: string;
}
const alertsFile = readFileSync(join(deploy, 'prometheus', 'alerts.yaml'), 'utf8');
const { groups } = parse(alertsFile) as { readonly groups: readonly { readonly rules: readonly Alert[] }[] };
const alerts = groups.flatMap(({ rules }) => rules);

interface Panel {
  readonly id: number;
  readonly targets?: readonly { readonly expr: string }[];
}
const dashboard = JSON.parse(readFileSync(join(deploy, 'grafana', 'weir.json'), 'utf8')) as {
  readonly panels: readonly Panel[];
};
const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** Names of metrics in an expression, as in the table. */
const askedFor = (expr: string): readonly string[] =>
  [...expr.matchAll(/\bweir_[a-z0-9_]+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''));

const known = new Set<string>([...Object.keys(metricTable), ...(await readProcess()).map(({ name }) => name)]);

describe('deploy/prometheus/alerts.yaml', () => {
  it('queries existing metrics', () => {
    expect(alerts.length).toBeGreaterThan(10);
    expect(alerts.flatMap(({ expr }) => askedFor(expr)).filter((name) => !known.has(name))).toStrictEqual([]);
  });

  it('has a case in which each alert fires, and one in which it does not', () => {
    const { tests } = parse(readFileSync(join(deploy, 'prometheus', 'alerts.test.yaml'), 'utf8')) as {
      readonly tests: readonly {
        readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
      }[];
    };
    const cases = tests.flatMap((one) => one.alert_rule_test);
    for (const { alert } of alerts) {
      const own = cases.filter(({ alertname }) => alertname === alert).map((one) => one.exp_alerts.length);
      expect(own.sort(), alert).toStrictEqual([0, 1]);
    }
  });
});

describe('deploy/grafana/weir.json', () => {
  it('queries only metrics that exist, and all of them but a few', () => {
    expect(queries.flatMap(askedFor).filter((name) => !known.has(name))).toStrictEqual([]);
    const shown = new Set(queries.flatMap(askedFor));
    const hidden = Object.keys(metricTable).filter((name) => !shown.has(name));
    expect(hidden).toStrictEqual([
      'weir_uninspected_bytes_total',
      'weir_tls_handshakes_total',
      'weir_last_reload_failed',
      'weir_loaded_timestamp_seconds',
      'weir_audit_lines_total',
      'weir_process_crashes_total',
      'weir_quarantined',
      'weir_process_restarts_total',
      'weir_info',
    ]);
  });

  it('has a unique number for each panel', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('promtool', () => {
  it('accepts the alerts, and each fires when it should', ({ skip }) => {
    if (withoutPromtool !== undefined) skip(withoutPromtool);
    expect(promtoolProblem(join(deploy, 'prometheus'), ['check', 'rules', 'alerts.yaml'])).toBe(undefined);
    expect(promtoolProblem(join(deploy, 'prometheus'), ['test', 'rules', 'alerts.test.yaml'])).toBe(undefined);
  });

  it('accepts every query of the dashboard', ({ skip }) => {
    if (withoutPromtool !== undefined) skip(withoutPromtool);
    const rules = queries.map((expr, index) => ({
      record: `panel:${index}`,
      expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*'),
    }));
    writeFileSync(join(folder, 'panels.yaml'), JSON.stringify({ groups: [{ name: 'panels', rules }] }));
    expect(promtoolProblem(folder, ['check', 'rules', 'panels.yaml'])).toBe(undefined);
  });

  it('accepts the text of the metrics', async ({ skip }) => {
    if (withoutPromtool !== undefined) skip(withoutPromtool);
    const own = Object.entries(metricTable).map(([name, metric]) => {
      const labels = Object.fromEntries(metric.labels.map((label) => [label, 'a']));
      if (metric.type !== 'histogram') return { name, metric, samples: [{ labels, value: 1 }] };
      const samples = [
        { part: 'bucket', labels: { ...labels, le: '+Inf' }, value: 1 },
        { part: 'sum', labels, value: 1 },
        { part: 'count', labels, value: 1 },
      ] as const;
      return { name, metric, samples };
    });
    const text = await formatMetrics(own, 'prometheus');
    expect(promtoolProblem(folder, ['check', 'metrics'], text)).toBe(undefined);
  });
});
