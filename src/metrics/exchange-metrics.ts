// Metrics of finished exchanges. A sink of records, called once per exchange in the path of traffic, so it only adds to existing
// counters and allocates nothing. Knows records, not how metrics are formatted.

import type { ErrorCode } from '../base/errors.ts';
import { type FailureCause, failureTable } from '../base/failure-table.ts';
import type { Limits } from '../base/limits.ts';
import { failureCause } from '../decision/failure-mode.ts';
import type { Ending, Stage, TransactionRecord } from '../transaction/record.ts';
import type { ExchangeSink } from '../transaction/record-sinks.ts';
import { BucketCounts } from './bucket-counts.ts';
import { LabelCounts, otherLabel } from './label-counts.ts';
import type { Sample } from './metric.ts';
import { type MetricName, metricTable } from './metric-table.ts';
import { PackMatches, type PacksOf } from './pack-matches.ts';
import { RuleHits } from './rule-hits.ts';

type Verdict = TransactionRecord['report']['verdict'];

const stages: readonly Stage[] = ['request-head', 'request-body', 'response-head', 'response-body'];

/** Limits on labels. */
export type MetricLimits = Pick<Limits, 'metricLabelsMax' | 'metricRulesMax' | 'metricCountedRulesMax'>;

/** Counts exchanges. */
export class ExchangeMetrics implements ExchangeSink {
  readonly name = 'metrics';
  readonly #limits: MetricLimits;
  readonly #profiles = new Map<string, Record<Verdict, number>>();
  readonly #endings: Record<Ending, number> = { complete: 0, blocked: 0, cut: 0, cancelled: 0, failed: 0 };
  readonly #seconds = new BucketCounts(metricTable.weir_exchange_seconds.buckets ?? []);
  readonly #stages: Readonly<Record<Stage, BucketCounts>> = {
    'request-head': newStage(),
    'request-body': newStage(),
    'response-head': newStage(),
    'response-body': newStage(),
  };
  readonly #firstVerdict = new BucketCounts(metricTable.weir_first_verdict_bytes.buckets ?? []);
  #requestBytes = 0;
  #responseBytes = 0;
  readonly #uninspectedBytes: LabelCounts;
  readonly #uninspectedExchanges: LabelCounts;
  /** By cause and action, separated by a blank. */
  readonly #failures: LabelCounts;
  readonly #ruleHits: RuleHits;
  readonly #packMatches: PackMatches;

  constructor(limits: MetricLimits, packsOf: PacksOf = () => []) {
    const { metricLabelsMax, metricRulesMax, metricCountedRulesMax } = limits;
    this.#limits = limits;
    this.#uninspectedBytes = new LabelCounts(metricLabelsMax);
    this.#uninspectedExchanges = new LabelCounts(metricLabelsMax);
    this.#failures = new LabelCounts(metricLabelsMax);
    this.#packMatches = new PackMatches(metricLabelsMax, packsOf);
    this.#ruleHits = new RuleHits({ labelsMax: metricRulesMax, rulesMax: metricCountedRulesMax });
  }

  onRecord(record: TransactionRecord): void {
    this.#verdictsOf(record.profile)[record.report.verdict] += 1;
    this.#endings[record.ending] += 1;
    this.#seconds.add(record.durationMs / 1000);
    for (const stage of stages) {
      const ms = record.stageMs[stage];
      if (ms > 0) this.#stages[stage].add(ms / 1000);
    }
    if (record.firstVerdictBytes !== undefined) this.#firstVerdict.add(record.firstVerdictBytes);
    this.#requestBytes += record.requestBytes;
    this.#responseBytes += record.responseBytes;
    for (const match of record.matches) if (match.isLogged || match.isAudited) this.#ruleHits.add(match.ruleId);
    if (record.matches.length > 0) this.#packMatches.add(record);
    if (record.uninspected.size > 0) {
      for (const [cause, bytes] of record.uninspected) {
        this.#uninspectedExchanges.add(cause);
        this.#uninspectedBytes.add(cause, bytes);
      }
    }
    if (record.problems.length > 0) this.#countFailures(record);
  }

  /** The samples of each metric. */
  read(): ReadonlyMap<MetricName, readonly Sample[]> {
    const verdicts = [...this.#profiles].flatMap(([profile, counts]) =>
      Object.entries(counts).map(([verdict, value]): Sample => ({ labels: { profile, verdict }, value })),
    );
    const failures = [...this.#failures.all].map(([both, value]): Sample => {
      const [cause = '', action = otherLabel] = both.split(' ');
      return { labels: { cause, action }, value };
    });
    return new Map<MetricName, readonly Sample[]>([
      ['weir_exchanges_total', verdicts],
      ['weir_exchange_endings_total', labelled('ending', Object.entries(this.#endings))],
      ['weir_exchange_seconds', this.#seconds.samples({})],
      ['weir_stage_seconds', stages.flatMap((stage) => this.#stages[stage].samples({ stage }))],
      ['weir_first_verdict_bytes', this.#firstVerdict.samples({})],
      [
        'weir_inspected_bytes_total',
        labelled('direction', [
          ['request', this.#requestBytes],
          ['response', this.#responseBytes],
        ]),
      ],
      ['weir_uninspected_bytes_total', labelled('cause', this.#uninspectedBytes.all)],
      ['weir_uninspected_exchanges_total', labelled('cause', this.#uninspectedExchanges.all)],
      ['weir_failures_total', failures],
      ['weir_rule_hits_total', labelled('rule', this.#ruleHits.all)],
      ['weir_pack_reported_exchanges_total', this.#packMatches.samples],
    ]);
  }

  /** Names of profiles come from the configuration; over many reloads there can be many. */
  #verdictsOf(profile: string): Record<Verdict, number> {
    const known = this.#profiles.get(profile);
    if (known !== undefined) return known;
    const name = this.#profiles.size < this.#limits.metricLabelsMax ? profile : otherLabel;
    const counts = this.#profiles.get(name) ?? { allow: 0, block: 0, detect: 0 };
    this.#profiles.set(name, counts);
    return counts;
  }

  #countFailures({ problems, report, ending }: TransactionRecord): void {
    const seen = new Set<string>();
    for (const problem of problems) {
      const cause = labelOf(problem.cause);
      if (seen.has(cause)) continue;
      seen.add(cause);
      const decided = report.verdict === 'allow' || report.cause === cause ? report.verdict : otherLabel;
      this.#failures.add(`${cause} ${ending === 'failed' ? 'fail' : decided}`);
    }
  }
}

const newStage = (): BucketCounts => new BucketCounts(metricTable.weir_stage_seconds.buckets ?? []);

/** The cause of a problem: one that a policy can be set for, or `protocol`. The problem may be named by an error code. */
function labelOf(cause: string): FailureCause | 'protocol' {
  if (Object.hasOwn(failureTable, cause)) return cause as FailureCause;
  return cause.startsWith('protocol.') ? 'protocol' : failureCause(cause as ErrorCode);
}

/** Samples of a metric with one label. */
export function labelled(label: string, counts: Iterable<readonly [string, number]>): readonly Sample[] {
  return [...counts].map(([value, count]) => ({ labels: { [label]: value }, value: count }));
}
