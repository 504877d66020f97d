// Runs axes: starts each system in the sizes that an axis asks for, checks it at every value, and takes rounds in which all values
// and systems take turns. Knows how nothing is shown.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  countOf,
  measureSaturated,
  type Pace,
  sumOf,
  sumUsOf,
  type Timing,
  timedRequestsOf,
  warmUp,
} from '../e2e/measure.ts';
import { checkedRow, type Started, startSystem, writeCrsFile, writeRulesFile } from '../e2e/run.ts';
import { type Service, startService } from '../e2e/service.ts';
import { percentileOf, type Spread, spreadOf } from '../e2e/statistics.ts';
import type { System } from '../e2e/system.ts';
import { systems } from '../e2e/systems/index.ts';
import type { Axis, Point } from './axes.ts';
import { countedRules } from './counted-rules.ts';

/** What is reported of each value, all at saturation. Times of processors are per request, cores are processors at work. */
export const metrics = {
  perSecond: { title: 'requests/s', unit: '1/s' },
  filterUs: { title: 'CPU filter', unit: 'µs' },
  envoyUs: { title: 'CPU Envoy', unit: 'µs' },
  sumUs: { title: 'CPU sum', unit: 'µs' },
  perByteNs: { title: 'filter per byte', unit: 'ns' },
  p50Us: { title: 'p50', unit: 'µs' },
  p99Us: { title: 'p99', unit: 'µs' },
  peakMiB: { title: 'peak RSS', unit: 'MiB' },
  filterCores: { title: 'filter', unit: 'cores' },
  envoyCores: { title: 'Envoy', unit: 'cores' },
  loadCores: { title: 'sender', unit: 'cores' },
  othersCores: { title: 'others', unit: 'cores' },
  errors: { title: 'errors', unit: '' },
} as const;

/** The name of a metric. */
export type Metric = keyof typeof metrics;

/** What was measured in a round. What does not apply is NaN. */
export type Figures = Readonly<Record<Metric, number>>;

/** A system at a value. */
export interface Row {
  readonly system: System;
  readonly value: number;
  readonly rounds: readonly Figures[];
  readonly absent?: string;
  /** What is wrong; the bench fails. */
  readonly wrong: readonly string[];
}

/** The result of an axis. */
export interface Result {
  readonly axis: Axis;
  readonly rows: readonly Row[];
}

/** What is run. */
export interface Plan {
  readonly axes: readonly Axis[];
  readonly rounds: number;
  readonly pace: Pace;
  readonly crs: string;
  readonly isServiceOnNode: boolean;
  readonly onProgress: (sentence: string) => void;
}

/** The middle and the range of a row's rounds. */
export const spreadIn = ({ rounds }: Row, metric: Metric): Spread => spreadOf(rounds.map((round) => round[metric]));

/** Exchanges that a system is checked on at each value, with an attack for each. */
const check = { checkedMax: 4, checkedBytes: 256 * 1024 };

/** Systems that run, by what they were started with: axes that ask for the same share them. */
class Fleet {
  readonly #started = new Map<string, Promise<Started>>();
  readonly #plan: Plan;
  readonly #service: Service;
  readonly #folder: string;
  readonly #crsFile: string | undefined;

  constructor(plan: Plan, service: Service, folder: string) {
    this.#plan = plan;
    this.#service = service;
    this.#folder = folder;
    this.#crsFile = writeCrsFile(plan.crs, folder);
  }

  /** The system as this point asks for it. */
  start(system: System, { size = {}, ruleCount }: Point): Promise<Started> {
    const key = JSON.stringify([system.name, size, ruleCount]);
    const known = this.#started.get(key);
    if (known !== undefined) return known;
    const crsFile = ruleCount === undefined ? this.#crsFile : this.#counted(ruleCount);
    const started = startSystem(this.#plan, system, {
      service: this.#service,
      folder: this.#folder,
      crsFile,
      size,
    });
    this.#started.set(key, started);
    return started;
  }

  /** What took part, by title. */
  async versions(): Promise<readonly (readonly [title: string, version: string])[]> {
    const all = await Promise.all(this.#started.values());
    return [
      ...new Map(all.map(({ system, running, absent }) => [system.title, running?.version ?? `absent: ${absent}`])),
    ].filter(([, version]) => version !== '');
  }

  /** Ends all of them. */
  async stop(): Promise<void> {
    for (const outcome of await Promise.allSettled(this.#started.values()))
      if (outcome.status === 'fulfilled') await outcome.value.running?.stop();
    this.#started.clear();
  }

  #counted(count: number): string {
    const rules = join(this.#folder, `rules-${count}.conf`);
    writeFileSync(rules, countedRules(count));
    return writeRulesFile(join(this.#folder, `counted-${count}.conf`), [rules]);
  }
}

/** A row that can be timed, or not. */
interface Candidate {
  readonly row: Row;
  readonly point: Point;
  readonly timing: Timing | undefined;
}

async function candidatesOf(plan: Plan, axis: Axis, fleet: Fleet): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  for (const system of systems.filter(({ name }) => axis.systems[name] !== undefined)) {
    for (const point of axis.points.filter(({ value }) => value <= (axis.systems[system.name] ?? 0))) {
      const started = await fleet.start(system, point);
      plan.onProgress(`${axis.name}: checking ${system.name} at ${point.value} ${axis.unit}`);
      const { absent, wrong } = await checkedRow(check, started, point.workload);
      const row = { system, value: point.value, rounds: [], wrong, ...(absent === undefined ? {} : { absent }) };
      const connections = Math.min(point.workload.connections, plan.pace.connectionsMax);
      const requests = timedRequestsOf(point.workload, plan.pace);
      const isTimed = started.running !== undefined && wrong.length === 0;
      const timing = isTimed ? { system: started.running, requests, connections, pace: plan.pace } : undefined;
      candidates.push({ row, point, timing });
    }
  }
  return candidates;
}

async function measure(timing: Timing, ratePerSecond: number) {
  const saturated = await measureSaturated(timing, ratePerSecond);
  const { milliseconds, failures, ...figures } = saturated;
  const bodyBytes = timing.requests.reduce((sum, { body }) => sum + body.length, 0) / timing.requests.length;
  const round: Figures = {
    ...figures,
    sumUs: sumUsOf(saturated),
    perByteNs: bodyBytes === 0 ? Number.NaN : (figures.filterUs * 1000) / bodyBytes,
    p50Us: percentileOf(milliseconds, 0.5) * 1000,
    p99Us: percentileOf(milliseconds, 0.99) * 1000,
    errors: countOf(failures),
  };
  return { round, failures };
}

async function runAxis(plan: Plan, axis: Axis, fleet: Fleet): Promise<Result> {
  const timed: {
    readonly candidate: Candidate;
    readonly rate: number;
    readonly found: Awaited<ReturnType<typeof measure>>[];
  }[] = [];
  const rows: (() => Row)[] = [];
  for (const candidate of await candidatesOf(plan, axis, fleet)) {
    const { row, timing } = candidate;
    const found: Awaited<ReturnType<typeof measure>>[] = [];
    if (timing !== undefined) {
      plan.onProgress(`${axis.name}: warming ${row.system.name} up at ${row.value} ${axis.unit}`);
      timed.push({ candidate, rate: await warmUp(timing), found });
    }
    rows.push(() => {
      const failed = [...sumOf(found.map(({ failures }) => failures))].map(([status, times]) => `${times} × ${status}`);
      const wrong = failed.length === 0 ? [] : [`errors while timed: ${failed.join(', ')}`];
      return { ...row, rounds: found.map(({ round }) => round), wrong: [...row.wrong, ...wrong] };
    });
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const { candidate, rate, found } of timed) {
      const { row, timing } = candidate;
      const measured = await measure(timing as Timing, rate);
      found.push(measured);
      plan.onProgress(
        `${axis.name}: round ${round + 1} of ${plan.rounds}, ${row.system.name} at ${row.value} ${axis.unit}`,
      );
    }
  }
  return { axis, rows: rows.map((make) => make()) };
}

/** Runs all axes and stops everything, whatever happens. @param onResult called with each axis when it is done. */
export async function runAxes(plan: Plan, onResult: (result: Result) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  let service: Service | undefined;
  let fleet: Fleet | undefined;
  try {
    service = await startService({
      folder: join(folder, 'service'),
      files: new Map(),
      isOnNode: plan.isServiceOnNode,
      onProgress: plan.onProgress,
    });
    fleet = new Fleet(plan, service, folder);
    const results: Result[] = [];
    for (const axis of plan.axes) {
      const result = await runAxis(plan, axis, fleet);
      results.push(result);
      onResult(result);
    }
    return { results, versions: [['service', service.version] as const, ...(await fleet.versions())] };
  } finally {
    await fleet?.stop();
    await service?.stop();
    process.off('exit', removeFolder);
    removeFolder();
  }
}
