// `npm run bench -- compare`: compares two states of the engine on the benign exchanges of every case, in turns and by processor time, so
// that other work on the machine affects both equally. Times only exchanges that are allowed.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { heapArguments } from '../../src/cli/heap.ts';
import { cases } from '../cases/index.ts';
import { writeRulesFile } from '../rules-file.ts';
import type { WorkerOptions } from './worker.ts';

const usage = `npm run bench -- compare [--tree FOLDER] [--limits NAME=N,…] [--chunked] [--case RE] [--rules FILE] [--crs FOLDER]
                         [--rounds N] [--starts N] [--batch MS]

What does a change of the engine cost or save? Compares (second) this checkout under its defaults with (first) another one, --tree,
which must be set up, or with itself under other limits, --limits: exchanges in turns, in one process. Prints for each case the
median of the processor time of an exchange in microseconds, their ratio, and the median ratio of batches, which have collections
of garbage in them, with its quartiles. --starts processes, --rounds batches of --batch ms in each. The state that is loaded last is
about 4 % slower than itself loaded first, so the order changes from start to start.

  --chunked   bodies come without a Content-Length
  --limits firstLookBytes=16384   what do the looks before the first stride cost?
`;

const thisTree = join(import.meta.dirname, '../..');

/** Times of exchanges in each state, microseconds. */
type Batch = readonly [first: readonly number[], second: readonly number[]];

/** A worker that handles one request at a time. */
class Worker {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  readonly #isTurned: boolean;

  /** @param isTurned whether the second state is loaded first. */
  constructor(given: WorkerOptions, isTurned: boolean) {
    const [first, second] = given.states;
    const options: WorkerOptions = isTurned ? { ...given, states: [second, first] } : given;
    this.#isTurned = isTurned;
    const args = [...heapArguments, join(import.meta.dirname, 'worker.ts'), JSON.stringify(options)];
    this.#process = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    if (this.#process.stdout === null) throw new Error('a worker has no output');
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('a worker ended early');
    return value;
  }

  /** Microseconds of processor time of every exchange, in each state. */
  async ask(name: string, count: number): Promise<Batch> {
    this.#process.stdin?.write(`${name} ${count}\n`);
    const [first, second] = JSON.parse(await this.line()) as Batch;
    return this.#isTurned ? [second, first] : [first, second];
  }

  stop(): void {
    this.#process.kill();
  }
}

interface Settings {
  readonly worker: WorkerOptions;
  readonly names: readonly string[];
  readonly rounds: number;
  readonly starts: number;
  readonly batchUs: number;
}

function readSettings(args: readonly string[]): Settings | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      tree: { type: 'string', default: thisTree },
      limits: { type: 'string', default: '' },
      chunked: { type: 'boolean', default: false },
      case: { type: 'string', default: '' },
      rules: { type: 'string' },
      crs: { type: 'string', default: process.env['WEIR_CRS'] ?? '../shared/crs' },
      rounds: { type: 'string', default: '10' },
      starts: { type: 'string', default: '4' },
      batch: { type: 'string', default: '100' },
      help: { type: 'boolean', default: false },
    },
  });
  const crs = resolve(values.crs);
  const hasRules = values.rules !== undefined || existsSync(join(crs, 'rules'));
  if (values.help || !hasRules) {
    (hasRules ? process.stdout : process.stderr).write(hasRules ? usage : `no OWASP CRS in ${crs}: name it by --crs\n`);
    process.exitCode = hasRules ? 0 : 2;
    return undefined;
  }
  const limits = Object.fromEntries(
    values.limits
      .split(',')
      .filter((one) => one !== '')
      .map((one) => [one.split('=')[0], Number(one.split('=')[1])]),
  );
  const rulesFile = values.rules === undefined ? writeRulesFile(crs) : resolve(values.rules);
  const filter = new RegExp(values.case);
  return {
    worker: {
      states: [
        { tree: resolve(values.tree), limits },
        { tree: thisTree, limits: {} },
      ],
      rulesFile,
      cacheFolder: join(thisTree, '.cache/pattern-sets'),
      isChunked: values.chunked,
    },
    names: cases.map(({ name }) => name).filter((name) => filter.test(name)),
    rounds: Number(values.rounds),
    starts: Number(values.starts),
    batchUs: Number(values.batch) * 1000,
  };
}

/** Processor time after which a process is warm: its functions are compiled. */
const warmUpUs = 1_500_000;

async function compareCase(name: string, worker: Worker, { batchUs, rounds }: Settings): Promise<readonly Batch[]> {
  await worker.ask(name, 32);
  const [probe] = await worker.ask(name, 16);
  const [warm] = await worker.ask(name, Math.min(20_000, Math.ceil(warmUpUs / mean(probe))));
  const count = Math.max(2, Math.round(batchUs / quantile(warm, 0.5)));
  const batches: Batch[] = [];
  for (let round = 0; round < rounds; round += 1) batches.push(await worker.ask(name, count));
  return batches;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN;
}

function describe(name: string, batches: readonly Batch[]): string {
  const medians = [0, 1].map((which) =>
    quantile(
      batches.flatMap((batch) => batch[which] ?? []),
      0.5,
    ),
  ) as [number, number];
  const ratios = batches.map(([first, second]) => mean(second) / mean(first));
  const cells = [...medians.map((us) => us.toFixed(1)), (medians[1] / medians[0]).toFixed(3)];
  for (const share of [0.5, 0.25, 0.75]) cells.push(quantile(ratios, share).toFixed(3));
  return name.padEnd(20) + cells.map((cell) => cell.padStart(12)).join('');
}

/** Runs the comparison. Returns the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  const settings = readSettings(args);
  if (settings === undefined) return Number(process.exitCode ?? 0);
  const all = new Map(settings.names.map((name): [string, Batch[]] => [name, []]));
  for (let start = 0; start < settings.starts; start += 1) {
    const worker = new Worker(settings.worker, start % 2 === 1);
    try {
      await worker.line();
      for (const [name, batches] of all) batches.push(...(await compareCase(name, worker, settings)));
    } finally {
      worker.stop();
    }
  }
  const titles = ['first us', 'second us', 'ratio', 'of batches', 'quartile', 'quartile'];
  process.stdout.write(`${'case'.padEnd(20)}${titles.map((title) => title.padStart(12)).join('')}\n`);
  for (const [name, batches] of all) process.stdout.write(`${describe(name, batches)}\n`);
  return 0;
}
