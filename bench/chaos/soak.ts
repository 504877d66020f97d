// `npm run soak -- --minutes N`: ordinary requests and attacks through a real Envoy for N minutes, with reloads and clients that
// disconnect, and a verdict at the end: memory, lost exchanges, attacks that passed.

import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Load, type Outcomes, violationsOf } from './load.ts';
import { Site } from './site.ts';

/** How much memory may grow in an hour of a long run, MiB. */
const slopeMaxMibPerHour = 1;
/** In a run of fewer minutes, growth comes from the warm-up, not from a leak: only the total is limited. */
export const slopeMinutesMin = 60;
const growthMibMax = 64;
/** Limit of the p99 at the end of a long run, as a multiple of that at its beginning. */
const driftMax = 1.1;

/** One sample: minutes since the start, memory in MiB. */
export interface Sample {
  readonly minutes: number;
  readonly mib: number;
  /** Of the exchanges since the previous sample, ms. */
  readonly p99Ms: number;
}

/** The result of a run. */
export interface SoakResult {
  readonly outcomes: Outcomes;
  readonly samples: readonly Sample[];
  readonly reloads: number;
  readonly problems: readonly string[];
}

/** The p99 in the last quarter of a run, compared with the second quarter; the first is the warm-up. Medians of the samples. */
export function driftOf(samples: readonly Sample[]): number {
  const quarter = Math.floor(samples.length / 4);
  const median = (of: readonly Sample[]): number =>
    of.map(({ p99Ms }) => p99Ms).sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0;
  const before = median(samples.slice(quarter, 2 * quarter));
  return before === 0 ? 1 : median(samples.slice(-quarter)) / before;
}

/** What is wrong with the times of a run. Those of a short run mean nothing. */
export function timeProblems(samples: readonly Sample[]): readonly string[] {
  const drift = driftOf(samples);
  const isLong = (samples.at(-1)?.minutes ?? 0) >= slopeMinutesMin;
  return isLong && drift > driftMax ? [`the p99 is ${drift.toFixed(2)} times that of the beginning`] : [];
}

/** Growth by least squares, MiB per hour. */
export function slopeOf(samples: readonly Sample[]): number {
  const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const [x, y] = [mean(samples.map(({ minutes }) => minutes)), mean(samples.map(({ mib }) => mib))];
  const spread = samples.reduce((sum, { minutes }) => sum + (minutes - x) ** 2, 0);
  if (spread === 0) return 0;
  return (60 * samples.reduce((sum, { minutes, mib }) => sum + (minutes - x) * (mib - y), 0)) / spread;
}

/** What is wrong with the memory of a run. The first quarter is the warm-up. */
export function memoryProblems(samples: readonly Sample[]): readonly string[] {
  const warm = samples.slice(Math.floor(samples.length / 4));
  const minutes = samples.at(-1)?.minutes ?? 0;
  const slope = slopeOf(warm);
  if (minutes >= slopeMinutesMin) {
    return slope <= slopeMaxMibPerHour ? [] : [`memory grows by ${slope.toFixed(2)} MiB an hour`];
  }
  const growth = (warm.at(-1)?.mib ?? 0) - (warm[0]?.mib ?? 0);
  return growth <= growthMibMax ? [] : [`memory grew by ${growth.toFixed(1)} MiB in ${minutes.toFixed(1)} minutes`];
}

/** The length of a run, and its load. */
export interface SoakOptions {
  readonly minutes: number;
  /** How many samples are taken. */
  readonly measures: number;
  /** How long each of four clients waits between two exchanges, ms. */
  readonly pauseMs?: number;
  readonly onSample: (sample: Sample) => void;
}

/** Runs the soak. */
export async function soak({ minutes, measures, pauseMs = 0, onSample }: SoakOptions): Promise<SoakResult> {
  const site = await Site.start();
  const load = new Load(site.port, 4, pauseMs);
  const samples: Sample[] = [];
  const from = performance.now();
  let reloads = 0;
  const problems: string[] = [];
  try {
    for (let measure = 1; measure <= measures; measure++) {
      const due = from + (measure / measures) * minutes * 60_000;
      await setTimeout(Math.max(0, due - performance.now()));
      leave(site.port);
      const { status } = await site.ask('/-/reload', 'POST');
      if (status === 200) reloads += 1;
      else problems.push(`a reload got ${status}`);
      const sample = {
        minutes: (performance.now() - from) / 60_000,
        mib: site.residentBytes() / 2 ** 20,
        p99Ms: load.takeP99(),
      };
      samples.push(sample);
      onSample(sample);
    }
    const outcomes = await load.stop();
    const { failed } = outcomes;
    problems.push(...violationsOf(outcomes), ...memoryProblems(samples), ...timeProblems(samples));
    if (failed > 0) problems.push(`${failed} exchanges were lost (${load.failures.join('; ')})`);
    return { outcomes, samples, reloads, problems };
  } finally {
    await load.stop();
    await site.stop();
  }
}

/** A client that begins a request and disconnects. */
function leave(port: number): void {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf', () => socket.destroy());
}
