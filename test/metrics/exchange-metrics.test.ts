import { describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import type { RuleMatch } from '../../src/evaluate/rule-match.ts';
import { ExchangeMetrics } from '../../src/metrics/exchange-metrics.ts';
import type { MetricName } from '../../src/metrics/metric-table.ts';
import type { TransactionRecord } from '../../src/transaction/record.ts';
import { recordWith } from '../support/record.ts';

type Given = Omit<Partial<TransactionRecord>, 'report'> & { readonly report?: Partial<TransactionRecord['report']> };

function recordOf({ report, ...given }: Given): TransactionRecord {
  const record = recordWith(given);
  return { ...record, report: { ...record.report, ...report } };
}

const match = (ruleId: number, wishes: Partial<RuleMatch> = {}): RuleMatch => ({
  ruleId,
  phase: 2,
  message: '',
  messageValues: [],
  logData: '',
  tags: [],
  file: 'a.conf',
  line: 1,
  variable: 'ARGS:a',
  isLogged: true,
  isAudited: true,
  ...wishes,
});

/** The samples of a metric that are not 0, as `label=value` → number. */
function shown(metrics: ExchangeMetrics, name: MetricName): Record<string, number> {
  const samples = metrics.read().get(name) ?? [];
  return Object.fromEntries(
    samples
      .filter(({ value, part }) => value > 0 && part !== 'bucket')
      .map(({ labels, value, part }) => [[part, ...Object.values(labels)].filter(Boolean).join(' '), value]),
  );
}

describe('ExchangeMetrics', () => {
  const metricsOf = (...records: readonly Given[]): ExchangeMetrics => {
    const metrics = new ExchangeMetrics(limitsWith({ metricLabelsMax: 3, metricRulesMax: 2 }));
    for (const record of records) metrics.onRecord(recordOf(record));
    return metrics;
  };

  it('counts exchanges by profile and verdict, and by ending', () => {
    const metrics = metricsOf(
      { profile: 'api' },
      { profile: 'api', report: { verdict: 'block' }, ending: 'blocked' },
      { profile: 'web', report: { verdict: 'detect' } },
      ...['c', 'd', 'e'].map((profile) => ({ profile })),
    );
    expect(shown(metrics, 'weir_exchanges_total')).toStrictEqual({
      'api allow': 1,
      'api block': 1,
      'web detect': 1,
      'c allow': 1,
      'other allow': 2,
    });
    expect(shown(metrics, 'weir_exchange_endings_total')).toStrictEqual({ complete: 5, blocked: 1 });
  });

  it('counts times, offsets and bytes', () => {
    const stageMs = { 'request-head': 2, 'request-body': 0, 'response-head': 1, 'response-body': 0 };
    const metrics = metricsOf(
      { durationMs: 500, stageMs, requestBytes: 10, responseBytes: 3, firstVerdictBytes: 2_048 },
      { durationMs: 1_500, requestBytes: 5 },
    );
    expect(shown(metrics, 'weir_exchange_seconds')).toStrictEqual({ sum: 2, count: 2 });
    expect(shown(metrics, 'weir_stage_seconds')).toStrictEqual({
      'sum request-head': 0.002,
      'count request-head': 1,
      'sum response-head': 0.001,
      'count response-head': 1,
    });
    expect(shown(metrics, 'weir_first_verdict_bytes')).toStrictEqual({ sum: 2_048, count: 1 });
    expect(shown(metrics, 'weir_inspected_bytes_total')).toStrictEqual({ request: 15, response: 3 });
  });

  it('counts what was not inspected, also where no bytes are known', () => {
    const uninspected = new Map([
      ['request-field', 100],
      ['response-media-type', 0],
    ]);
    const metrics = metricsOf({ uninspected }, { uninspected });
    expect(shown(metrics, 'weir_uninspected_bytes_total')).toStrictEqual({ 'request-field': 200 });
    expect(shown(metrics, 'weir_uninspected_exchanges_total')).toStrictEqual({
      'request-field': 2,
      'response-media-type': 2,
    });
  });

  it('counts matches of rules that log, the rarer rules together', () => {
    const quiet = match(9, { isLogged: false, isAudited: false });
    const metrics = metricsOf({ matches: [match(1), match(2), match(3), match(1), quiet, match(4)] });
    expect(shown(metrics, 'weir_rule_hits_total')).toStrictEqual({ '1': 2, '2': 1, other: 2 });
  });

  for (const [what, given, expected] of [
    ['a block of the policy', { report: { verdict: 'block', cause: 'parse' }, problems: ['parse'] }, 'parse block'],
    [
      'the code of an error',
      { report: { verdict: 'block', cause: 'overload' }, problems: ['admission.overload'] },
      'overload block',
    ],
    ['a detection', { report: { verdict: 'detect', cause: 'charset' }, problems: ['charset'] }, 'charset detect'],
    ['what went on', { problems: ['coding'] }, 'coding allow'],
    ['what a rule decided', { report: { verdict: 'block', ruleId: 7 }, problems: ['parse'] }, 'parse other'],
    ['a stream that was ended', { ending: 'failed', problems: ['protocol.order'] }, 'protocol fail'],
    [
      'an error of ours',
      { report: { verdict: 'block', cause: 'internal' }, problems: ['scan.failed'] },
      'internal block',
    ],
    ['one cause under two names', { problems: ['parse', 'body.malformed', 'parse'] }, 'parse allow'],
  ] as const) {
    it(`counts ${what} once`, () => {
      const problems = given.problems.map((cause) => ({ cause, message: 'x' }));
      expect(shown(metricsOf({ ...given, problems }), 'weir_failures_total')).toStrictEqual({
        [expected]: 1,
      });
    });
  }

  it('stays within its limits whatever causes and profiles occur', () => {
    const records = Array.from({ length: 500 }, (_, index) => ({
      profile: `p${index}`,
      uninspected: new Map([[`cause-${index}`, 1]]),
      matches: [match(index)],
    }));
    const metrics = metricsOf(...records);
    for (const [name, samples] of metrics.read()) {
      if (!name.endsWith('_total')) continue;
      expect(samples.length, name).toBeLessThanOrEqual(12);
    }
  });
});
