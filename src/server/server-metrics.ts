// The metrics of a server: those of its exchanges, and those read from its parts on request. Counts reloads and audit lines
// itself; everything else is counted where it happens.

import type { ReloadOutcome } from '../admin/target.ts';
import { wallClock } from '../base/clock.ts';
import { heldMemory } from '../base/held-memory.ts';
import { turn } from '../base/turn.ts';
import { packageVersion } from '../base/version.ts';
import type { Admission } from '../ext-proc/admission.ts';
import type { TlsHandshakes } from '../ext-proc/tls-handshakes.ts';
import type { Transport } from '../ext-proc/transport.ts';
import { compileTasks, type PoolTasks } from '../matching/compile-pool.ts';
import type { ScanThreads } from '../matching/scanner.ts';
import { ExchangeMetrics, labelled, type MetricLimits } from '../metrics/exchange-metrics.ts';
import { formatMetrics, type MetricsFormat } from '../metrics/format-metrics.ts';
import type { Reading, Sample } from '../metrics/metric.ts';
import { type MetricName, metricTable } from '../metrics/metric-table.ts';
import type { PacksOf } from '../metrics/pack-matches.ts';
import { readProcess } from '../metrics/process-metrics.ts';
import type { PlanPack } from '../plan/plan.ts';
import type { ShadowRuns } from '../shadow/shadow-runs.ts';
import type { RecordSinks } from '../transaction/record-sinks.ts';
import type { ExclusionHits } from './exclusion-hits.ts';
import type { ServerHealth } from './health.ts';
import type { Logs } from './logs.ts';

/** A pack among the rules of a profile. */
export interface ProfilePack {
  readonly profile: string;
  readonly pack: PlanPack;
}

/** What is read from the rules. */
export interface RulesInForce {
  readonly generation: number;
  readonly openPlans: number;
  readonly ruleCount: number;
  readonly packs: readonly PlanPack[];
  /** The same by profile. */
  readonly profilePacks: readonly ProfilePack[];
}

/** The parts that are read; missing ones have no values. */
export interface MeasuredParts {
  readonly health: ServerHealth;
  readonly logs: Logs;
  readonly sinks: RecordSinks;
  readonly rules: RulesInForce | undefined;
  readonly admission: Admission | undefined;
  readonly transport: Transport | undefined;
  /** Undefined: there is no TLS. */
  readonly handshakes: TlsHandshakes | undefined;
  /** Undefined: there are no threads for scans. */
  readonly scanner: Pick<ScanThreads, 'busy'> | undefined;
  readonly shadows: ShadowRuns;
  readonly exclusions: ExclusionHits;
}

const one = (value: number): readonly Sample[] => [{ labels: {}, value }];

/** The numbers of one server. */
export class ServerMetrics {
  /** The sink for records of exchanges. */
  readonly exchanges: ExchangeMetrics;
  readonly #reloads = { ok: 0, failed: 0 };
  #hasLastReloadFailed = false;
  #loadedAtMs = 0;
  #auditLines = 0;

  /** @param packsOf packs of a profile's rules, to find those that reported. */
  constructor(limits: MetricLimits, packsOf?: PacksOf) {
    this.exchanges = new ExchangeMetrics(limits, packsOf);
  }

  /** The first rules are in force. */
  loaded(): void {
    this.#loadedAtMs = wallClock().getTime();
  }

  /** A reload has finished. */
  reloaded({ isDone }: ReloadOutcome): void {
    this.#reloads[isDone ? 'ok' : 'failed'] += 1;
    this.#hasLastReloadFailed = !isDone;
    if (isDone) this.loaded();
  }

  /** A line of the audit log was written. */
  auditLine(): void {
    this.#auditLines += 1;
  }

  /** All metrics as text. */
  async text(parts: MeasuredParts, format: MetricsFormat): Promise<string> {
    return formatMetrics(await this.readAll(parts), format);
  }

  /** All metrics, including those of the process. */
  async readAll(parts: MeasuredParts): Promise<readonly Reading[]> {
    return [...this.read(parts), ...(await readProcess())];
  }

  /** All metrics of Weir, in the order of the table. */
  read(parts: MeasuredParts): readonly Reading[] {
    const samples = new Map<MetricName, readonly Sample[]>([
      ...this.exchanges.read(),
      ...this.#ofServer(parts),
      ...ofTraffic(parts),
      ...ofPolicies(parts),
    ]);
    return Object.entries(metricTable).map(([name, metric]) => ({
      name,
      metric,
      samples: samples.get(name as MetricName) ?? [],
    }));
  }

  #ofServer({ health, logs, sinks, rules }: MeasuredParts): readonly (readonly [MetricName, readonly Sample[]])[] {
    const lines = [...logs.lineCounts()];
    const generation = rules?.generation ?? 0;
    return [
      ['weir_ready', one(health.shown(generation).notReady === undefined ? 1 : 0)],
      ['weir_overloaded', one(health.isOverloaded ? 1 : 0)],
      ['weir_generation', one(generation)],
      ['weir_open_plans', one(rules?.openPlans ?? 0)],
      ['weir_rules', one(rules?.ruleCount ?? 0)],
      ['weir_reloads_total', labelled('result', Object.entries(this.#reloads))],
      ['weir_last_reload_failed', one(this.#hasLastReloadFailed ? 1 : 0)],
      ['weir_loaded_timestamp_seconds', one(this.#loadedAtMs / 1000)],
      ['weir_audit_lines_total', one(this.#auditLines)],
      [
        'weir_log_lines_written_total',
        labelled(
          'log',
          lines.map(([log, { written }]) => [log, written] as const),
        ),
      ],
      [
        'weir_log_lines_lost_total',
        labelled(
          'log',
          lines.map(([log, { lost }]) => [log, lost] as const),
        ),
      ],
      // A server does not know its restarts; its supervisor adds them.
      ['weir_process_restarts_total', one(0)],
      ['weir_process_crashes_total', one(0)],
      [
        'weir_quarantined',
        labelled('kind', [
          ['input', 0],
          ['profile', 0],
        ]),
      ],
      ['weir_records_lost_total', labelled('sink', sinks.lostRecords)],
      ['weir_pack_share_percent', shareSamples(rules?.profilePacks ?? [])],
      ['weir_pack_info', packSamples(rules?.packs ?? [])],
      ['weir_info', [{ labels: { version: packageVersion(), node: process.versions.node }, value: 1 }]],
    ];
  }
}

function ofTraffic({
  admission,
  transport,
  handshakes,
  sinks,
  scanner,
}: MeasuredParts): readonly (readonly [MetricName, readonly Sample[]])[] {
  return [
    ['weir_stream_failures_total', labelled('failure', Object.entries(transport?.failures ?? {}))],
    ['weir_tls_handshakes_total', labelled('result', Object.entries(handshakes?.counts ?? {}))],
    ['weir_exchanges_in_flight', one(admission?.exchanges ?? 0)],
    ['weir_bytes_in_flight', one(admission?.bytes ?? 0)],
    ['weir_held_bytes', one(admission?.heldBytes ?? 0)],
    ['weir_held_memory_bytes', one(heldMemory.bytes)],
    ['weir_record_bytes', labelled('sink', sinks.waitingBytes)],
    ['weir_turn_queue_length', one(turn.waiting)],
    ['weir_pool_tasks', [...poolSamples('compile', compileTasks()), ...poolSamples('scan', scanTasks(scanner))]],
  ];
}

const poolSamples = (pool: string, { running, queued }: PoolTasks): readonly Sample[] => [
  { labels: { pool, state: 'running' }, value: running },
  { labels: { pool, state: 'queued' }, value: queued },
];

const scanTasks = (scanner: MeasuredParts['scanner']): PoolTasks => ({ running: scanner?.busy ?? 0, queued: 0 });

/** Profiles can run a pack in several modes; it counts once. */
function packSamples(packs: readonly PlanPack[]): readonly Sample[] {
  const labels = packs.map(({ name, version, digest = '' }) => ({ pack: name, version, digest }));
  return [...new Map(labels.map((one) => [JSON.stringify(one), { labels: one, value: 1 }])).values()];
}

const shareSamples = (packs: readonly ProfilePack[]): readonly Sample[] =>
  packs.map(({ profile, pack: { name, version, mode, share } }) => ({
    labels: { profile, pack: name, version, mode },
    value: share,
  }));

/** Exclusions that end within two weeks are reported. */
const soonMs = 14 * 86_400_000;

function ofPolicies({ shadows, exclusions }: MeasuredParts): readonly (readonly [MetricName, readonly Sample[]])[] {
  const outcomes = [...shadows.counts].flatMap(([profile, counts]) =>
    Object.entries(counts).map(([outcome, value]): Sample => ({ labels: { profile, outcome }, value })),
  );
  return [
    ['weir_shadow_exchanges_total', outcomes],
    ['weir_shadow_exchanges_in_flight', one(shadows.exchanges)],
    ['weir_shadow_bytes', one(shadows.bytes)],
    ['weir_exclusion_hits_total', labelled('exclusion', exclusions.hits)],
    ['weir_exclusions', labelled('state', Object.entries(exclusions.states(wallClock(), soonMs)))],
  ];
}
