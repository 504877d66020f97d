// The thread in which a target runs: loads it with coverage, fuzzes or replays, and reports the result. The current input
// is in shared memory: when the thread hangs or dies, the other side knows on which input.

import { parentPort, workerData } from 'node:worker_threads';
import { readCorpus } from './corpus.ts';
import { CoverageMap } from './coverage.ts';
import { Fuzzer } from './fuzzer.ts';
import { instrumentImports } from './instrument.ts';
import type { WorkerMessage, WorkerOrder } from './session.ts';
import { SharedInput } from './shared-input.ts';
import type { FuzzTarget } from './target.ts';

const order = workerData as WorkerOrder;
const post = (message: WorkerMessage): void => parentPort?.postMessage(message);

const progressMs = 1_000;

async function main(): Promise<void> {
  const coverage = new CoverageMap();
  const words = instrumentImports(new URL('../../src/', import.meta.url).href, coverage);
  const { target } = (await import(new URL(order.module, import.meta.url).href)) as { readonly target: FuzzTarget };
  const shared = new SharedInput(order.shared);
  const fuzzer = new Fuzzer({
    target,
    coverage,
    seed: order.seed,
    words,
    shortens: order.shortens,
    onRun: (input) => shared.write(input),
    onFinding: (finding) => post({ kind: 'finding', finding }),
  });
  if (order.input !== undefined) {
    await fuzzer.replay([{ bytes: order.input }]);
  } else {
    const seeds = target.seeds?.() ?? [];
    await fuzzer.replay([...readCorpus(order.target), ...seeds.map((bytes) => ({ bytes }))]);
    await fuzz(fuzzer);
  }
  post({ kind: 'end', progress: fuzzer.progress, corpus: order.wantsCorpus ? fuzzer.smallest() : [] });
}

async function fuzz(fuzzer: Fuzzer): Promise<void> {
  const startMs = performance.now();
  const firstRun = fuzzer.progress.runs;
  let toldMs = startMs;
  await fuzzer.fuzz((runs) => {
    const nowMs = performance.now();
    if (nowMs - toldMs >= progressMs) {
      toldMs = nowMs;
      post({ kind: 'progress', progress: fuzzer.progress });
    }
    return runs - firstRun >= order.runsMax || nowMs - startMs >= order.msMax;
  });
}

await main();
