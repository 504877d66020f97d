// The whole run: starts the service and the systems, checks each on each workload, and measures rounds in turns. Knows nothing of reports.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  measureRound,
  type Pace,
  paceFor,
  type Round,
  sumOf,
  type Timing,
  timedRequestsOf,
  warmUp,
} from './measure.ts';
import { type Service, startService } from './service.ts';
import { Absent, type RunningSystem, type System, type SystemSetting } from './system.ts';
import { verify } from './verify.ts';
import type { Workload } from './workload.ts';
import { serviceFiles } from './workloads.ts';

/** What is run. */
export interface Plan {
  readonly systems: readonly System[];
  readonly workloads: readonly Workload[];
  /** Bytes of the largest bodies. */
  readonly largeBytes: number;
  readonly rounds: number;
  readonly pace: Pace;
  /** Most exchanges that each system is checked on. */
  readonly checkedMax: number;
  /** Most bytes of bodies that it is checked on, except that one exchange and its twin are always sent. */
  readonly checkedBytes: number;
  /** Folder of the CRS, with `rules/`. */
  readonly crs: string;
  readonly isServiceOnNode: boolean;
  readonly onProgress: (sentence: string) => void;
}

/** A row of a workload: rounds, or why there are none. */
export interface Row {
  readonly system: System;
  readonly rounds: readonly Round[];
  /** Why nothing was timed. */
  readonly absent?: string;
  /** What is wrong; the bench fails. */
  readonly wrong: readonly string[];
  /** What the reader must know about the figures. */
  readonly notes: readonly string[];
}

/** The result of a workload. */
export interface Result {
  readonly workload: Workload;
  readonly rows: readonly Row[];
}

/** The results of everything. */
export interface Results {
  readonly results: readonly Result[];
  /** Name and version of each program that took part. */
  readonly versions: readonly (readonly [title: string, version: string])[];
}

/** The rule file for every engine: its settings, the unchanged CRS, and the probe. Undefined without a CRS. */
export function writeCrsFile(crs: string, folder: string): string | undefined {
  if (!existsSync(join(crs, 'rules'))) return undefined;
  return writeRulesFile(join(folder, 'crs.conf'), [join(crs, 'crs-setup.conf.example'), join(crs, 'rules/*.conf')]);
}

/** Writes a file of rules for every engine: its settings, these files, and the probe. Returns its path. */
export function writeRulesFile(file: string, rules: readonly string[]): string {
  const includes = [
    join(import.meta.dirname, '../engines/engine.conf'),
    ...rules,
    join(import.meta.dirname, 'probe.conf'),
  ];
  writeFileSync(file, `${includes.map((path) => `Include ${path}`).join('\n')}\n`);
  return file;
}

/** A system that runs, or why it does not. */
export type Started = { readonly system: System } & (
  | { readonly running: RunningSystem; readonly absent?: undefined }
  | { readonly running?: undefined; readonly absent: string }
);

/** Starts a system in a folder of its own. */
export async function startSystem(
  plan: Pick<Plan, 'onProgress'>,
  system: System,
  setting: Omit<SystemSetting, 'servicePort' | 'onProgress'> & { readonly service: Pick<Service, 'port'> },
): Promise<Started> {
  plan.onProgress(`starting ${system.title}`);
  try {
    const { service, folder, ...more } = setting;
    const running = await system.start({
      ...more,
      servicePort: service.port,
      folder: mkdtempSync(join(folder, `${system.name}-`)),
      onProgress: plan.onProgress,
    });
    return { system, running };
  } catch (error) {
    if (error instanceof Absent) return { system, absent: error.message };
    throw error;
  }
}

/** The findings of a check, as a row without rounds. */
export async function checkedRow(
  plan: Pick<Plan, 'checkedBytes' | 'checkedMax'>,
  started: Started,
  workload: Workload,
): Promise<Row> {
  const { system, running, absent } = started;
  if (running === undefined) return { system, rounds: [], absent, wrong: [], notes: [] };
  const wanted = Math.floor(plan.checkedBytes / Math.max(1, workload.bytes));
  const count = Math.min(workload.variants.length, plan.checkedMax, Math.max(1, wanted));
  const found = await verify({ running, rules: system.rules, workload, count });
  const known = system.knownMisses[workload.name];
  const wrong = [...found.wrong];
  const notes: string[] = [];
  const missed = `${found.missed} of ${found.attacks} attacks pass`;
  if (found.missed > 0 && known === undefined) wrong.push(missed);
  if (found.missed > 0 && known !== undefined) notes.push(`${missed}: ${known}`);
  if (found.missed === 0 && known !== undefined && found.attacks > 0)
    wrong.push(`no attack passes, though it is said that ${known}`);
  return { system, rounds: [], wrong, notes };
}

/** Measures rounds of all systems in turns; each round begins with a different system. */
async function timeRows(
  plan: Plan,
  workload: Workload,
  timings: ReadonlyMap<string, Timing>,
): Promise<ReadonlyMap<string, readonly Round[]>> {
  const rounds = new Map<string, Round[]>();
  const rates = new Map<string, number>();
  for (const [name, timing] of timings) {
    plan.onProgress(`${workload.name}: warming ${name} up`);
    rates.set(name, await warmUp(timing));
    rounds.set(name, []);
  }
  const names = [...timings.keys()];
  for (let round = 0; round < plan.rounds; round += 1) {
    for (let at = 0; at < names.length; at += 1) {
      const name = names[(at + round) % names.length] as string;
      const measured = await measureRound(timings.get(name) as Timing, rates.get(name) ?? 0);
      rounds.get(name)?.push(measured);
      const cost = Number.isNaN(measured.filterUs) ? '' : `, ${measured.filterUs.toFixed(0)} µs of the filter`;
      plan.onProgress(`${workload.name}: round ${round + 1} of ${plan.rounds}, ${name}${cost}`);
    }
  }
  return rounds;
}

async function runWorkload(plan: Plan, started: readonly Started[], workload: Workload): Promise<Result> {
  const checked: Row[] = [];
  for (const one of started) {
    plan.onProgress(`${workload.name}: checking ${one.system.name}`);
    checked.push(await checkedRow(plan, one, workload));
  }
  const pace = paceFor(workload, plan.pace);
  const requests = timedRequestsOf(workload, pace);
  const connections = Math.min(workload.connections, pace.connectionsMax);
  const timings = new Map<string, Timing>();
  for (const [at, row] of checked.entries()) {
    const system = started[at]?.running;
    if (system === undefined || row.wrong.length > 0) continue;
    timings.set(row.system.name, { system, requests, connections, pace });
  }
  const rounds = await timeRows(plan, workload, timings);
  const rows = checked.map((row) => {
    const timed = rounds.get(row.system.name) ?? [];
    const failures = [...sumOf(timed.map((round) => round.failures))].map(([status, times]) => `${times} × ${status}`);
    const wrong = failures.length > 0 ? [`errors while timed: ${failures.join(', ')}`] : [];
    return { ...row, rounds: timed, wrong: [...row.wrong, ...wrong] };
  });
  return { workload, rows };
}

/** Runs everything, and stops everything whatever happens. @param onResult called with each workload's result when it is done. */
export async function runPlan(plan: Plan, onResult: (result: Result) => void): Promise<Results> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  const stops: (() => Promise<unknown>)[] = [];
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  try {
    const files = serviceFiles(plan.largeBytes);
    const service = await startService({
      folder: join(folder, 'service'),
      files,
      isOnNode: plan.isServiceOnNode,
      onProgress: plan.onProgress,
    });
    stops.push(() => service.stop());
    const crsFile = writeCrsFile(plan.crs, folder);
    const started: Started[] = [];
    for (const system of plan.systems) {
      const one = await startSystem(plan, system, { service, folder, crsFile });
      started.push(one);
      if (one.running !== undefined) stops.unshift(() => one.running.stop());
    }
    const results: Result[] = [];
    for (const workload of plan.workloads) {
      const result = await runWorkload(plan, started, workload);
      results.push(result);
      onResult(result);
    }
    const versions = started.map(
      ({ system, running, absent }) => [system.title, running?.version ?? `absent: ${absent}`] as const,
    );
    return { results, versions: [['service', service.version], ...versions] };
  } finally {
    for (const stop of stops) await stop();
    process.off('exit', removeFolder);
    removeFolder();
  }
}
