// Every metric of Weir's own: name, labels, what it says. docs/metrics.md is made from this file; nothing is counted here.

import type { Metric } from './metric.ts';

/** Seconds: a head takes 0.1 ms, a long body some ms; what waits for the proxy or its turn takes longer. */
const stageSeconds = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const exchangeSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Bytes: first looks, strides, the hold window, and what lies far behind them. */
const offsetBytes = [0, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 16_777_216, 268_435_456];

const counter = (labels: readonly string[], help: string): Metric => ({
  type: 'counter',
  labels,
  help,
  aggregator: 'sum',
});

const gauge = (help: string, aggregator: Metric['aggregator'] = 'sum', labels: readonly string[] = []): Metric => ({
  type: 'gauge',
  labels,
  help,
  aggregator,
});

const histogram = (labels: readonly string[], help: string, buckets: readonly number[]): Metric => ({
  type: 'histogram',
  labels,
  help,
  aggregator: 'sum',
  buckets,
});

/** The table. `other` is the label value that further ones are folded into. */
export const metricTable = {
  weir_exchanges_total: counter(
    ['profile', 'verdict'],
    'Exchanges that are over, by profile and verdict (allow, block, detect)',
  ),
  weir_exchange_endings_total: counter(
    ['ending'],
    'Exchanges that are over, by how they ended (complete, blocked, cut, cancelled, failed)',
  ),
  weir_exchange_seconds: histogram(
    [],
    'Time from the head of a request to the end of its exchange, the service included',
    exchangeSeconds,
  ),
  weir_stage_seconds: histogram(
    ['stage'],
    'Time that inspecting one kind of message took in an exchange, waits for a turn of the event loop included; stages without a message are not counted',
    stageSeconds,
  ),
  weir_first_verdict_bytes: histogram(
    [],
    'Body offset at which a verdict fell, of exchanges that a body decided before its end',
    offsetBytes,
  ),
  weir_inspected_bytes_total: counter(['direction'], 'Body bytes that were inspected'),
  weir_uninspected_bytes_total: counter(['cause'], 'Body bytes that some rule should have seen and did not'),
  weir_uninspected_exchanges_total: counter(
    ['cause'],
    'Exchanges with something uninspected, also where nobody can say how many bytes',
  ),
  weir_failures_total: counter(
    ['cause', 'action'],
    'Exchanges in which something failed, by cause and outcome: block, detect, allow (it went on), fail (its stream was ended), other (something else decided)',
  ),
  weir_rule_hits_total: counter(['rule'], 'Matches of rules that log, by rule; the less frequent ones are other'),
  weir_stream_failures_total: counter(
    ['failure'],
    'gRPC streams that Weir ended with an error, by why (malformed, out-of-order, deadline, abandoned, internal)',
  ),
  weir_tls_handshakes_total: counter(
    ['result'],
    'TLS handshakes with those who connect as Envoy, by how they ended: ok, certificate (none, or not accepted), refused (ours, by the peer), protocol, timeout, too-many, gone (the peer left)',
  ),
  weir_exchanges_in_flight: gauge('Exchanges under way'),
  weir_bytes_in_flight: gauge('Bytes that came and are not inspected yet'),
  weir_held_bytes: gauge('Body bytes that the proxy holds back for us, of exchanges under way'),
  weir_held_memory_bytes: gauge('Memory that open exchanges hold, as the bound memoryBytesMax counts it'),
  weir_record_bytes: gauge('Records of finished exchanges that wait for one of their readers, about', 'sum', ['sink']),
  weir_turn_queue_length: gauge('Inspections that wait for a turn of the event loop'),
  weir_pool_tasks: gauge(
    'Tasks of the threads beside the event loop, by pool (compile: pattern sets of a load, scan) and state (running, queued). Scans do not queue: where no thread is free, the event loop scans',
    'sum',
    ['pool', 'state'],
  ),
  weir_shadow_exchanges_total: counter(
    ['profile', 'outcome'],
    'Exchanges of the share of a candidate: judged the same, stricter or looser than by the live rules, undecided, or not seen for overload, full bounds (full) or an error (failed)',
  ),
  weir_shadow_exchanges_in_flight: gauge('Exchanges that candidates have not judged yet'),
  weir_shadow_bytes: gauge('Copies of body bytes that wait for candidates'),
  weir_exclusion_hits_total: counter(['exclusion'], 'Exchanges in which an exclusion with a condition counted'),
  weir_exclusions: gauge('Exclusions of the configuration: active, ending within two weeks, ended', 'max', ['state']),
  weir_overloaded: gauge('1 while new exchanges are refused', 'max'),
  weir_ready: gauge('1 while /readyz says so', 'min'),
  weir_generation: gauge('Number of the rules in force: 1 at start, one more for each reload', 'min'),
  weir_open_plans: gauge('Rule sets in memory: the one in force, and those that exchanges under way began with'),
  weir_rules: gauge('Rules in force, chains counted once', 'min'),
  weir_reloads_total: counter(['result'], 'Reloads that are over (ok, failed)'),
  weir_last_reload_failed: gauge('1 when the last reload failed', 'max'),
  weir_loaded_timestamp_seconds: gauge('When the rules in force were loaded, Unix time', 'min'),
  weir_audit_lines_total: counter([], 'Exchanges that got a line in the audit log'),
  weir_log_lines_written_total: counter(['log'], 'Lines that a log took (server, audit)'),
  weir_log_lines_lost_total: counter(['log'], 'Lines that were lost because a log could not be written'),
  weir_records_lost_total: counter(['sink'], 'Records of exchanges that one of their readers did not keep up with'),
  weir_pack_share_percent: gauge(
    'Percent of exchanges in which the rules of a pack run, by the mode in which they do (block, detect, shadow)',
    'first',
    ['profile', 'pack', 'version', 'mode'],
  ),
  weir_pack_reported_exchanges_total: counter(
    ['pack', 'version'],
    'Exchanges in which rules of a pack matched that is in mode detect or shadow',
  ),
  weir_pack_info: gauge('1; packs that rules in force came from', 'first', ['pack', 'version', 'digest']),
  weir_process_restarts_total: counter(
    [],
    'Servers under a supervisor that were started again after they had ended by themselves',
  ),
  weir_info: gauge('1; version of Weir and of Node', 'first', ['version', 'node']),
} as const satisfies Readonly<Record<string, Metric>>;

/** Name of a metric of the table. */
export type MetricName = keyof typeof metricTable;
