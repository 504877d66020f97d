// Two states of the engine in one process, in turns. Reads lines of `CASE COUNT`, takes that many benign exchanges of the case through each
// state, and prints the processor time (user and system) of each in microseconds, as JSON: one list per state. `node worker.ts OPTIONS`,
// with the options as JSON.

import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { Direction } from '../../src/transaction/phase.ts';
import type { Exchange } from '../case.ts';
import { cases } from '../cases/index.ts';
import { createRun, type Engine } from '../engines/exchange-run.ts';

/** A state of the engine. */
export interface EngineState {
  /** Folder of the checkout whose engine is run. */
  readonly tree: string;
  /** Limits in place of the defaults. */
  readonly limits: Readonly<Record<string, number>>;
}

/** The options of a worker. */
export interface WorkerOptions {
  readonly states: readonly [EngineState, EngineState];
  readonly rulesFile: string;
  readonly cacheFolder: string;
  /** Whether bodies have no Content-Length. */
  readonly isChunked: boolean;
}

const options = JSON.parse(process.argv[2] ?? '{}') as WorkerOptions;

async function openEngine({ tree, limits }: EngineState): Promise<Engine> {
  const load = (path: string) => import(pathToFileURL(`${tree}/src/${path}`).href);
  const { limitsWith } = (await load('base/limits.ts')) as typeof import('../../src/base/limits.ts');
  const { runForCaller } = (await load('base/turn.ts')) as typeof import('../../src/base/turn.ts');
  const { loadPlan } = (await load('compile/compile.ts')) as typeof import('../../src/compile/compile.ts');
  const { Inspection } = (await load('transaction/inspection.ts')) as Pick<Engine, 'Inspection'>;
  const plan = await loadPlan([options.rulesFile], { cacheFolder: options.cacheFolder, allowUnsupported: true });
  return {
    plan,
    limits: limitsWith(limits),
    Inspection: 'side' in Inspection.prototype ? Inspection : withSides(Inspection),
    runForCaller,
  };
}

/** Adapts an older inspection, which has both directions as methods of one object, to this checkout's interface. */
function withSides(Older: Engine['Inspection']): Engine['Inspection'] {
  type Method = (...given: unknown[]) => unknown;
  return class extends (Older as unknown as new (...given: unknown[]) => Record<string, unknown>) {
    side(direction: Direction): unknown {
      const call = (name: string, ...given: unknown[]) => (this[name] as Method)(...given);
      return {
        head: (...given: unknown[]) => call(`${direction}Headers`, ...given),
        chunk: (chunk: Uint8Array) => call(`${direction}Body`, chunk),
        completeInSteps: () => call('completeBodyInSteps', direction),
        end: () => call(`${direction}End`),
      };
    }
  } as unknown as Engine['Inspection'];
}

const engines: Engine[] = [];
for (const state of options.states) engines.push(await openEngine(state));

function asSent(exchange: Exchange): Exchange {
  if (!options.isChunked) return exchange;
  return { ...exchange, headers: exchange.headers.filter(([name]) => name !== 'Content-Length') };
}

type Run = ReturnType<typeof createRun>;
const runs = new Map<string, readonly (readonly Run[])[]>();

function runsOf(name: string): readonly (readonly Run[])[] {
  const known = runs.get(name);
  if (known !== undefined) return known;
  const benign = cases.find((each) => each.name === name)?.benign ?? [];
  const made = engines.map((engine) => benign.map((exchange) => createRun(engine, asSent(exchange))));
  for (const run of made.flat()) {
    if (run().verdict.kind !== 'allow') throw new Error(`${name}: a benign exchange is not let pass`);
  }
  runs.set(name, made);
  return made;
}

function timeOf(run: Run): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

process.stdout.write('ready\n');
let turn = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const [name = '', count = ''] = line.split(' ');
  const made = runsOf(name);
  const times: number[][] = made.map(() => []);
  for (let n = 0; n < Number(count); n += 1) {
    turn += 1;
    // The state that runs second finds the caches as the first left them, so the order alternates.
    const order = turn % 2 === 0 ? [...made.keys()] : [...made.keys()].reverse();
    for (const which of order) times[which]?.push(timeOf(made[which]?.[turn % 32] as Run));
  }
  process.stdout.write(`${JSON.stringify(times)}\n`);
}
