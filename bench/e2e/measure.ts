// One round of one system on one workload: at saturation, with one connection, and at half of the saturation rate; with the processor time
// and the memory of its processes. Knows nothing of rules or rows.

import { driveClosed, driveOpen, type Failures } from './drive.ts';
import { machineSeconds, peakBytesOf, processorSecondsOf, resetPeaks, treeOf } from './processes.ts';
import { percentileOf } from './statistics.ts';
import type { RunningSystem } from './system.ts';
import type { Sent, Workload } from './workload.ts';

/** What is reported, each with its unit. Processor times are per request. */
export const metrics = {
  perSecond: { title: 'requests/s', unit: '1/s' },
  filterUs: { title: 'CPU filter', unit: 'µs' },
  envoyUs: { title: 'CPU Envoy', unit: 'µs' },
  sumUs: { title: 'CPU sum', unit: 'µs' },
  p50Us: { title: 'p50, 1 connection', unit: 'µs' },
  p99Us: { title: 'p99, 1 connection', unit: 'µs' },
  halfP50Us: { title: 'p50, half rate', unit: 'µs' },
  halfP99Us: { title: 'p99, half rate', unit: 'µs' },
  peakMiB: { title: 'peak RSS', unit: 'MiB' },
  othersCores: { title: 'CPU of others', unit: 'cores' },
  errors: { title: 'errors', unit: '' },
} as const;

/** The name of a metric. */
export type Metric = keyof typeof metrics;

/** One round. A metric that does not apply is NaN. */
export type Round = Readonly<Record<Metric, number>> & { readonly failures: Failures };

/** How long each part of a round takes, approximately, in seconds. */
export interface Pace {
  readonly seconds: number;
  /** Fewest requests in a part, however long they take. */
  readonly requestsMin: number;
  /** Limits the connections that a workload asks for. */
  readonly connectionsMax: number;
  /** Most half-parts that a system gets to warm up: some never become stable. */
  readonly warmHalvesMax: number;
  /** Most different requests that are sent. */
  readonly variantsMax: number;
}

/** From so many bytes on an exchange is thousands of messages, and says as much by itself as many small ones. */
const longBytesMin = 16 * 1024 * 1024;

/** The pace for a workload: its parts may be one request long where a request is long. */
export const paceFor = ({ bytes }: Pick<Workload, 'bytes'>, pace: Pace): Pace =>
  bytes >= longBytesMin ? { ...pace, requestsMin: 1 } : pace;

/** Bytes of bodies that are held in memory at once for sending. */
const heldBytesMax = 64 * 1024 * 1024;

/** The benign exchanges that are sent while timed: all, or as many as fit into memory. */
export function timedRequestsOf(
  { variants, bytes }: Pick<Workload, 'variants' | 'bytes'>,
  { variantsMax }: Pick<Pace, 'variantsMax'>,
): readonly Sent[] {
  const heldMax = Math.max(1, Math.floor(heldBytesMax / Math.max(1, bytes)));
  return variants.slice(0, Math.min(heldMax, variantsMax)).map((twins) => twins.benign());
}

/** A workload on a system, ready to be timed. */
export interface Timing {
  readonly system: RunningSystem;
  readonly requests: readonly Sent[];
  readonly connections: number;
  readonly pace: Pace;
}

/** A filter is warm when its processor time per request has fallen by less than this share in this many half-parts in a row. */
const warmFallMax = 0.03;
const settledHalves = 2;
/** A filter that needs so many parts' time for a half-part has been at work long enough. */
const longHalf = 2;

/**
 * Sends more and more until that takes half of a part's time, then the same amount repeatedly until the filter's processor time per
 * request no longer falls: compilers (V8's, which continue for seconds) and caches are warm then. Returns requests per second. If the
 * pace allows no half-parts, it sends nothing and returns 0.
 */
export async function warmUp({ system, requests, connections, pace }: Timing): Promise<number> {
  if (pace.warmHalvesMax === 0) return 0;
  const filter = system.filterPid === undefined ? [] : treeOf(system.filterPid);
  let amount = connections;
  let least = Infinity;
  let settled = 0;
  for (let halves = 0; ; ) {
    const before = processorSecondsOf(filter);
    const { seconds } = await driveClosed({ port: system.port, requests, connections, amount });
    const each = (processorSecondsOf(filter) - before) / amount;
    if (seconds < pace.seconds / 2) {
      amount *= 2;
      continue;
    }
    halves += 1;
    settled = each > least * (1 - warmFallMax) ? settled + 1 : 0;
    least = Math.min(least, each);
    const isWarm = settled === settledHalves || seconds > longHalf * pace.seconds;
    if (filter.length === 0 || isWarm || halves === pace.warmHalvesMax) return amount / seconds;
  }
}

const nothing: readonly number[] = [];

/** The failures of all parts, added up. */
export function sumOf(parts: readonly Failures[]): Failures {
  const sum = new Map<string, number>();
  for (const [status, times] of parts.flatMap((part) => [...part])) sum.set(status, (sum.get(status) ?? 0) + times);
  return sum;
}

/** The result of as many requests as a system takes. What does not apply is NaN. */
export interface Saturated {
  readonly perSecond: number;
  /** Processor time per request, in microseconds, and for how many processors that was work. */
  readonly filterUs: number;
  readonly envoyUs: number;
  readonly filterCores: number;
  readonly envoyCores: number;
  /** The same of this process, which sends. */
  readonly loadCores: number;
  /** The same of all that is not ours; the service counts as ours. */
  readonly othersCores: number;
  readonly peakMiB: number;
  readonly milliseconds: readonly number[];
  readonly failures: Failures;
}

/** Sends for about a part's time. @param ratePerSecond about what the system takes, which decides how many requests that is. */
export async function measureSaturated(timing: Timing, ratePerSecond: number): Promise<Saturated> {
  const { system, requests, connections, pace } = timing;
  const filter = system.filterPid === undefined ? nothing : treeOf(system.filterPid);
  const envoy = system.envoyPid === undefined ? nothing : treeOf(system.envoyPid);
  const groups = { filter, envoy, load: [process.pid], ours: treeOf(process.pid) };
  resetPeaks(filter);
  const amount = Math.max(pace.requestsMin, connections, Math.round(ratePerSecond * pace.seconds));
  const spent = () => ({
    filter: processorSecondsOf(groups.filter),
    envoy: processorSecondsOf(groups.envoy),
    load: processorSecondsOf(groups.load),
    ours: processorSecondsOf(groups.ours),
    machine: machineSeconds(),
  });
  const before = spent();
  const start = performance.now();
  const { seconds, milliseconds, failures } = await driveClosed({ port: system.port, requests, connections, amount });
  const lasted = (performance.now() - start) / 1000;
  const after = spent();
  const took = (group: 'filter' | 'envoy'): number =>
    groups[group].length === 0 ? Number.NaN : after[group] - before[group];
  const others = after.machine - before.machine - (after.ours - before.ours);
  return {
    perSecond: amount / seconds,
    filterUs: (took('filter') / amount) * 1e6,
    envoyUs: (took('envoy') / amount) * 1e6,
    filterCores: took('filter') / lasted,
    envoyCores: took('envoy') / lasted,
    loadCores: (after.load - before.load) / lasted,
    othersCores: Math.max(0, others) / lasted,
    peakMiB: filter.length === 0 ? Number.NaN : peakBytesOf(filter) / 2 ** 20,
    milliseconds,
    failures,
  };
}

/** The sum, in which what does not apply is nothing. */
export const sumUsOf = ({ filterUs, envoyUs }: Pick<Saturated, 'filterUs' | 'envoyUs'>): number =>
  (Number.isNaN(filterUs) ? 0 : filterUs) + (Number.isNaN(envoyUs) ? 0 : envoyUs);

/** How many failures there were. */
export const countOf = (failures: Failures): number => [...failures.values()].reduce((sum, times) => sum + times, 0);

/** Measures one round. @param ratePerSecond about the saturation rate, which determines how many requests a part has. */
export async function measureRound(timing: Timing, ratePerSecond: number): Promise<Round> {
  const { system, requests, pace } = timing;
  const saturated = await measureSaturated(timing, ratePerSecond);
  const { perSecond, filterUs, envoyUs, peakMiB, othersCores } = saturated;
  const aloneAmount = await amountAlone(timing, perSecond);
  const alone = await driveClosed({ port: system.port, requests, connections: 1, amount: aloneAmount });
  const half = await driveOpen({
    port: system.port,
    requests,
    perSecond: perSecond / 2,
    amount: Math.max(pace.requestsMin, Math.round((perSecond / 2) * pace.seconds)),
  });
  const failures = sumOf([saturated, alone, half].map((outcome) => outcome.failures));
  const us = (ascending: readonly number[], share: number): number => percentileOf(ascending, share) * 1000;
  return {
    perSecond,
    filterUs,
    envoyUs,
    sumUs: sumUsOf(saturated),
    p50Us: us(alone.milliseconds, 0.5),
    p99Us: us(alone.milliseconds, 0.99),
    halfP50Us: us(half.milliseconds, 0.5),
    halfP99Us: us(half.milliseconds, 0.99),
    peakMiB,
    othersCores,
    errors: countOf(failures),
    failures,
  };
}

/**
 * Requests that one connection can make in a part's time, estimated from the first ones. Not measured if many connections together
 * make no more than the fewest requests of a part.
 */
async function amountAlone({ system, requests, pace }: Timing, perSecond: number): Promise<number> {
  if (perSecond * pace.seconds <= pace.requestsMin) return pace.requestsMin;
  const { seconds } = await driveClosed({ port: system.port, requests, connections: 1, amount: pace.requestsMin });
  return Math.max(pace.requestsMin, Math.round((pace.requestsMin / seconds) * pace.seconds));
}
