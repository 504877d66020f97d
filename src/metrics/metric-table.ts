// Every metric of Weir: name, labels, help. docs/metrics.md is made from this file; nothing is counted here.

import type { Metric } from './metric.ts';

/** Seconds: a head takes 0.1 ms, a long body some ms; waits for the proxy or for a turn take longer. */
const stageSeconds = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const exchangeSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Bytes: first evaluations, strides, the hold window, and far above it. */
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

/** The table. Label values above the limit are folded into `other`. */
export const metricTable = {
  weir_exchanges_total: counter(
    ['profile', 'verdict'],
    'Finished exchanges, by profile and verdict (allow, block, detect)',
  ),
  weir_exchange_endings_total: counter(
    ['ending'],
    'Finished exchanges, by how they ended (complete, blocked, cut, cancelled, failed)',
  ),
  weir_exchange_seconds: histogram(
    [],
    'Time from the head of a request to the end of its exchange, including the service',
    exchangeSeconds,
  ),
  weir_stage_seconds: histogram(
    ['stage'],
    'Time for inspecting one kind of message in an exchange, including waits for a turn of the event loop; stages without a message are not counted',
    stageSeconds,
  ),
  weir_first_verdict_bytes: histogram(
    [],
    'Body offset at which the verdict was reached, for exchanges decided before the end of a body',
    offsetBytes,
  ),
  weir_inspected_bytes_total: counter(['direction'], 'Inspected body bytes'),
  weir_uninspected_bytes_total: counter(['cause'], 'Body bytes that some rule should have seen and did not'),
  weir_uninspected_exchanges_total: counter(
    ['cause'],
    'Exchanges with something uninspected, including those where the number of bytes is unknown',
  ),
  weir_failures_total: counter(
    ['cause', 'action'],
    'Exchanges in which something failed, by cause and outcome: block, detect, allow (it continued), fail (its stream was ended), other (something else decided)',
  ),
  weir_rule_hits_total: counter(['rule'], 'Matches of rules that log, by rule; less frequent rules are other'),
  weir_stream_failures_total: counter(
    ['failure'],
    'gRPC streams that Weir ended with an error, by reason (malformed, out-of-order, deadline, abandoned, internal)',
  ),
  weir_tls_handshakes_total: counter(
    ['result'],
    'TLS handshakes with those who connect as Envoy, by how they ended: ok, certificate (none, or not accepted), refused (ours, by the peer), protocol, timeout, too-many, gone (the peer left)',
  ),
  weir_exchanges_in_flight: gauge('Open exchanges'),
  weir_bytes_in_flight: gauge('Bytes received but not yet inspected'),
  weir_held_bytes: gauge('Body bytes of open exchanges that the proxy holds for Weir'),
  weir_held_memory_bytes: gauge('Memory held by open exchanges, as counted for the limit memoryBytesMax'),
  weir_record_bytes: gauge('Approximate size of records of finished exchanges that wait for a sink', 'sum', ['sink']),
  weir_turn_queue_length: gauge('Inspections that wait for a turn of the event loop'),
  weir_pool_tasks: gauge(
    'Tasks of threads off the event loop, by pool (compile: pattern sets of a load, scan) and state (running, queued). Scans do not queue: if no thread is free, the event loop scans',
    'sum',
    ['pool', 'state'],
  ),
  weir_shadow_exchanges_total: counter(
    ['profile', 'outcome'],
    'Exchanges in the share of a candidate, by result compared with the live rules: same, stricter, looser, undecided, or not seen because of overload, limits (full) or an error (failed)',
  ),
  weir_shadow_exchanges_in_flight: gauge('Exchanges without a verdict of their candidate yet'),
  weir_shadow_bytes: gauge('Copies of body bytes that wait for candidates'),
  weir_exclusion_hits_total: counter(['exclusion'], 'Exchanges in which an exclusion with a condition applied'),
  weir_exclusions: gauge('Exclusions of the configuration: active, ending within two weeks, ended', 'max', ['state']),
  weir_overloaded: gauge('1 while new exchanges are refused', 'max'),
  weir_ready: gauge('1 while /readyz is 200', 'min'),
  weir_generation: gauge('Generation of the rules in force: 1 at start, one more for each reload', 'min'),
  weir_open_plans: gauge('Rule sets in memory: the one in force, and older ones that open exchanges still use'),
  weir_rules: gauge('Rules in force, chains counted once', 'min'),
  weir_reloads_total: counter(['result'], 'Finished reloads, by result (ok, failed)'),
  weir_last_reload_failed: gauge('1 if the last reload failed', 'max'),
  weir_loaded_timestamp_seconds: gauge('When the rules in force were loaded, Unix time', 'min'),
  weir_audit_lines_total: counter([], 'Exchanges with a line in the audit log'),
  weir_log_lines_written_total: counter(['log'], 'Lines written to a log (server, audit)'),
  weir_log_lines_lost_total: counter(['log'], 'Lines lost because a log could not be written'),
  weir_records_lost_total: counter(['sink'], 'Records of exchanges lost because a sink did not keep up'),
  weir_pack_share_percent: gauge(
    'Percentage of exchanges in which the rules of a pack run, by mode (block, detect, shadow)',
    'first',
    ['profile', 'pack', 'version', 'mode'],
  ),
  weir_pack_reported_exchanges_total: counter(
    ['pack', 'version'],
    'Exchanges in which rules of a pack in mode detect or shadow matched',
  ),
  weir_pack_info: gauge('1; packs of the rules in force', 'first', ['pack', 'version', 'digest']),
  weir_process_crashes_total: counter(
    [],
    'Servers under a supervisor that died by a signal of their own doing, such as SIGSEGV',
  ),
  weir_quarantined: gauge(
    'What is answered by the policy for "quarantine" because it crashed servers again and again, by kind (input, profile)',
    'sum',
    ['kind'],
  ),
  weir_process_restarts_total: counter([], 'Restarts of server processes that ended unexpectedly under a supervisor'),
  weir_info: gauge('1; versions of Weir and Node', 'first', ['version', 'node']),
} as const satisfies Readonly<Record<string, Metric>>;

/** Name of a metric of the table. */
export type MetricName = keyof typeof metricTable;
