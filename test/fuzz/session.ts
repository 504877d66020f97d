// One target in a thread of its own, supervised: an input on which it hangs or dies is a finding too.

import { Worker } from 'node:worker_threads';
import type { CorpusInput } from './corpus.ts';
import type { Finding, FuzzProgress } from './fuzzer.ts';
import { createSharedInput, SharedInput } from './shared-input.ts';

/** The order to a thread. */
export interface WorkerOrder {
  readonly target: string;
  /** The target's module, relative to this folder. */
  readonly module: string;
  readonly seed: number;
  readonly msMax: number;
  readonly runsMax: number;
  /** Runs only this input. */
  readonly input?: Uint8Array;
  readonly wantsCorpus: boolean;
  /** Whether inputs that are kept are minimised. */
  readonly shortens: boolean;
  readonly shared: SharedArrayBuffer;
}

/** Messages from a thread. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly progress: FuzzProgress }
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'end'; readonly progress: FuzzProgress; readonly corpus: readonly CorpusInput[] };

/** The result of a session. */
export interface SessionOutcome {
  readonly progress: FuzzProgress;
  readonly findings: readonly Finding[];
  /** Few inputs that reach everything that was reached; empty unless requested. */
  readonly corpus: readonly CorpusInput[];
}

/** What to run, and who gets its progress. */
export type SessionOptions = Omit<WorkerOrder, 'shared'> & {
  /** A run that takes longer hangs; absent: a minute. */
  readonly runSecondsMax?: number;
  /** Memory of the thread; absent: ten times what the largest inputs take. */
  readonly heapMiBMax?: number;
  readonly onProgress?: (progress: FuzzProgress) => void;
};

/** The longest runs take milliseconds, but the machine may be busy. */
const runSecondsDefault = 60;
const heapMiBDefault = 768;

/** Runs a target to the end of its time, to its last finding, or to the run in which it hangs or dies. */
export async function runSession(options: SessionOptions): Promise<SessionOutcome> {
  const { onProgress, runSecondsMax = runSecondsDefault, heapMiBMax = heapMiBDefault, ...order } = options;
  const memory = createSharedInput();
  const shared = new SharedInput(memory);
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { ...order, shared: memory } satisfies WorkerOrder,
    resourceLimits: { maxOldGenerationSizeMb: heapMiBMax },
  });
  const findings: Finding[] = [];
  let progress: FuzzProgress = { runs: 0, features: 0, corpusInputs: 0, corpusBytes: 0 };
  let corpus: readonly CorpusInput[] = [];
  const end = Promise.withResolvers<Error | undefined>();
  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'finding') {
      findings.push(message.finding);
      return;
    }
    progress = message.progress;
    if (message.kind === 'progress') onProgress?.(progress);
    else {
      corpus = message.corpus;
      // A target may hold sockets open: its thread does not end by itself.
      end.resolve(undefined);
    }
  });
  worker.once('error', (error) => end.resolve(error instanceof Error ? error : new Error(String(error))));
  worker.once('exit', () => end.resolve(new Error('the thread ended by itself')));
  const stopWatching = watch(shared, runSecondsMax, () => {
    end.resolve(new Error(`a run takes longer than ${runSecondsMax} seconds`));
  });
  const death = await end.promise;
  stopWatching();
  await worker.terminate();
  if (death !== undefined && shared.serial === 0) throw death;
  if (death !== undefined) findings.push({ input: shared.read(), error: death.stack ?? death.message });
  return { progress, findings, corpus };
}

/** Calls `onHang` when the same input runs for too long. */
function watch(shared: SharedInput, runSecondsMax: number, onHang: () => void): () => void {
  let serial = -1;
  let quietSeconds = 0;
  const timer = setInterval(() => {
    const now = shared.serial;
    quietSeconds = now === serial && now > 0 ? quietSeconds + 1 : 0;
    serial = now;
    if (quietSeconds >= runSecondsMax) onHang();
  }, 1_000);
  return () => clearInterval(timer);
}
