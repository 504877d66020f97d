// Which thread should scan a batch of fields? `node bench/micro/scan-threads.ts [RULES]` scans batches of several sizes on the event loop,
// in a thread of Node's own pool, and in a worker thread that takes tasks from a queue (piscina). Prints the processor time that the event
// loop's thread spends on a batch, and how long a batch takes.

import { readFileSync } from 'node:fs';
import { Piscina } from 'piscina';
import { loadPlan } from '../../src/compile/compile.ts';
import { createBatchHits, FieldBatch, scanBatch, scanBatchAside } from '../../src/matching/scan.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import { createProse } from '../corpora/text.ts';
import type { ScanTask } from './scan-worker.ts';

const rounds = 300;
const warmUpRounds = 50;

/** Processor time of this process's first thread, µs (proc(5), schedstat counts nanoseconds). */
function loopMicroseconds(): number {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1000;
}

async function measure(scan: () => unknown): Promise<string> {
  for (let n = 0; n < warmUpRounds; n += 1) await scan();
  const [usedBefore, began] = [loopMicroseconds(), performance.now()];
  for (let n = 0; n < rounds; n += 1) await scan();
  const loop = (loopMicroseconds() - usedBefore) / rounds;
  const whole = ((performance.now() - began) / rounds) * 1000;
  return `${loop.toFixed(0).padStart(6)} µs of the event loop ${whole.toFixed(0).padStart(6)} µs in all`;
}

const rules = process.argv[2] ?? process.env.WEIR_CRS ?? '../shared/crs';
const plan = await loadPlan([rules], { allowUnsupported: true, cacheFolder: '.cache/pattern-sets' });
const { program } = plan;
const workers = new Piscina<ScanTask, number>({
  filename: new URL('./scan-worker.ts', import.meta.url).href,
  minThreads: 1,
  maxThreads: 1,
});
const classOf = (kind: 'ARGS_POST' | 'ARGS_POST_NAMES'): number => plan.classes[fieldKind(kind)]?.native ?? 0;
for (const kibibytes of [1, 4, 16, 32]) {
  const batch = new FieldBatch();
  const text = createProse(7, kibibytes * 1024);
  const room = 128;
  for (let from = 0; from < text.length; from += room) {
    batch.add(classOf('ARGS_POST_NAMES'), text.slice(from, from + 12));
    batch.add(classOf('ARGS_POST'), text.slice(from + 12, from + room));
  }
  const hits = createBatchHits();
  const { slab, table, count } = batch;
  for (const [name, scan] of [
    ['event loop', () => scanBatch(program, batch, hits)],
    ["Node's pool", () => scanBatchAside(program, batch)],
    ['worker', () => workers.run([program.handle, slab, table, count, hits.words])],
  ] as const) {
    process.stdout.write(`${String(kibibytes).padStart(5)} KiB ${name.padEnd(12)} ${await measure(scan)}\n`);
  }
}
await workers.destroy();
closePlan(plan);
