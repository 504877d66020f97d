// Where should a long scan run? `node bench/micro/pool.ts [RULES]` feeds chunks of several sizes to a stream of the class of
// posted arguments: inline, in slices on the loop, and in slices on a worker. Prints how long a chunk takes, and the longest time in
// which the event loop did not turn: what every other exchange waits.

import { loadPlan } from '../../src/compile/compile.ts';
import { MatcherPool } from '../../src/matching/pool.ts';
import { createStreamHits, StreamScan } from '../../src/matching/scan.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { createProse } from '../corpora/text.ts';

const rounds = 15;

/** Runs `work` while the loop turns; both times in milliseconds. */
async function measure(work: () => unknown): Promise<{ readonly workMs: number; readonly stallMs: number }> {
  let stallMs = 0;
  let last = performance.now();
  let isOver = false;
  const turn = (): void => {
    const now = performance.now();
    stallMs = Math.max(stallMs, now - last);
    last = now;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await new Promise(setImmediate);
  const start = performance.now();
  await work();
  const workMs = performance.now() - start;
  await new Promise(setImmediate);
  isOver = true;
  return { workMs, stallMs };
}

/** Medians over some rounds. */
async function row(plan: Plan, pool: MatcherPool | undefined, chunk: Buffer): Promise<string> {
  const hits = createStreamHits(plan.program);
  const fieldClass = plan.classes[fieldKind('ARGS_POST')]?.native ?? -1;
  const works: number[] = [];
  const stalls: number[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const stream = new StreamScan(plan.program, fieldClass);
    const outcome = await measure(() =>
      pool === undefined ? stream.feed(chunk, hits) : pool.feed(stream, chunk, hits, () => undefined),
    );
    works.push(outcome.workMs);
    stalls.push(outcome.stallMs);
    stream.discard();
  }
  const median = (list: number[]): string => (list.sort((a, b) => a - b)[rounds >> 1] as number).toFixed(2).padStart(8);
  return `${median(works)} ms a chunk ${median(stalls)} ms longest stall`;
}

const rules = process.argv[2] ?? process.env.WEIR_CRS ?? '../shared/crs';
const plan = await loadPlan([rules], { allowUnsupported: true, cacheFolder: '.cache/pattern-sets' });
const sliced = new MatcherPool({ scanThreads: 0 });
const threaded = new MatcherPool({ scanThreads: 1 });
for (const kibibytes of [16, 64, 128, 256, 1_024]) {
  const chunk = Buffer.from(createProse(7, kibibytes * 1_024), 'latin1');
  for (const [name, pool] of [
    ['inline', undefined],
    ['sliced', sliced],
    ['worker', threaded],
  ] as const) {
    process.stdout.write(`${String(kibibytes).padStart(5)} KiB ${name} ${await row(plan, pool, chunk)}\n`);
  }
}
await Promise.all([sliced.close(), threaded.close()]);
closePlan(plan);
