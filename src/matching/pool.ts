// When work leaves the event loop, and where it goes: compilation always, long scans in slices. Queues are bounded.
// Knows sizes and handles, not whose bytes they are.

import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import type { HitBuffer } from './hits.ts';
import { type NativeHandle, type NativePattern, nativeAddon, type SetUse } from './native.ts';
import type { ScanProgram } from './pattern-set.ts';
import { type FieldBatch, nextHitsMax, type StreamScan } from './scan.ts';
import type { WorkerAnswer, WorkerTask } from './worker.ts';

/** What a pool may use. */
export interface MatcherPoolOptions {
  /** Threads for scans, 0 = none: slices then run on the loop, which turns between them. Default: cores beyond event loops. */
  readonly scanThreads?: number;
  /** Threads that compile. Default: one a core. */
  readonly compileThreads?: number;
  /** Event loops of this process; default 1. */
  readonly eventLoops?: number;
  /** Slices waiting for a thread before `pool.overload`. Default `poolQueueLengthMax`. */
  readonly queueLengthMax?: number;
}

/** Where a piece of work runs. */
export type Place = 'inline' | 'sliced' | 'worker';

const idleMs = 2_000;
/** Slices that a thread takes at once: a hop costs more than a slice when it takes one (bench/micro/pool). */
const slicesPerWorker = 8;

/**
 * Decides where a scan of `bytes` runs: up to `poolInlineBytesMax` right here; more goes to a worker when there are some,
 * else in slices between which the loop turns. The only place that decides it.
 */
export function placeOf(bytes: number, scanThreads: number): Place {
  if (bytes <= constants.poolInlineBytesMax) return 'inline';
  return scanThreads > 0 ? 'worker' : 'sliced';
}

/** Lets the event loop turn once: timers, sockets, other exchanges. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Threads for compilation and scans. Idle threads end by themselves and never keep the process alive. */
export class MatcherPool {
  /** Threads for scans; 0 = none. */
  readonly scanThreads: number;
  readonly #queueLengthMax: number;
  readonly #compilers: Piscina<WorkerTask, WorkerAnswer>;
  readonly #scanners: Piscina<WorkerTask, WorkerAnswer> | undefined;
  readonly #underWay = new Set<Promise<unknown>>();
  #isClosed: boolean = false;

  constructor(options: MatcherPoolOptions = {}) {
    const cores = availableParallelism();
    this.scanThreads = options.scanThreads ?? Math.max(0, cores - (options.eventLoops ?? 1));
    this.#queueLengthMax = options.queueLengthMax ?? constants.poolQueueLengthMax;
    this.#compilers = createThreads(options.compileThreads ?? cores, 1);
    this.#scanners = this.scanThreads > 0 ? createThreads(this.scanThreads, slicesPerWorker) : undefined;
  }

  /** Slices waiting for a thread now. */
  get queueLength(): number {
    return this.#scanners?.queueSize ?? 0;
  }

  /**
   * Compiles a set in another thread; this thread then holds its reference.
   * @throws WafError `pattern.compile`, `native.argument`, `native.limit`.
   */
  async compile(patterns: readonly NativePattern[], cacheFolder?: string, use: SetUse = 'any'): Promise<NativeHandle> {
    const run = this.#run(this.#compilers, { kind: 'compile', patterns, cacheFolder, use });
    // The thread that ends lets go of its reference: ours is taken before `close` ends it.
    const adopted = run.then((set) => {
      nativeAddon().adoptPatternSet(set);
      return set;
    });
    this.#underWay.add(adopted);
    return adopted.finally(() => this.#underWay.delete(adopted));
  }

  /**
   * Scans a batch where `placeOf` says. Neither `batch` nor `hits` may be touched before the answer. Returns the number of hits,
   * which are in `hits`; none is dropped.
   * @throws WafError `pool.overload`, `scan.failed`, `native.closed`.
   */
  async scan(program: ScanProgram, batch: FieldBatch, hits: HitBuffer): Promise<number> {
    const place = placeOf(batch.bytes, this.scanThreads);
    if (place === 'sliced') await yieldToEventLoop();
    for (;;) {
      const { slab, table, count: fieldCount } = batch;
      const count =
        place === 'worker'
          ? await this.#scan({ kind: 'scan', program: program.handle, slab, table, fieldCount, hits: hits.words })
          : nativeAddon().scanBatch(program.handle, slab, table, fieldCount, hits.words);
      if (!hits.hasOverflow) return count;
      hits.grow(nextHitsMax(program, batch, hits));
    }
  }

  /**
   * Feeds a stream in slices where `placeOf` says; `take` is called after each slice that had hits, and must copy what it keeps.
   * The stream must not be used before the answer. `chunk` is copied slice by slice when it leaves the thread.
   * @throws WafError `pool.overload`, `scan.failed`, `native.closed`, `native.busy`.
   */
  async feed(stream: StreamScan, chunk: Uint8Array, hits: HitBuffer, take: (hits: HitBuffer) => void): Promise<void> {
    const place = placeOf(chunk.length, this.scanThreads);
    const sliceBytes = place === 'worker' ? constants.workerSliceBytes : constants.poolInlineBytesMax;
    const shared = place === 'worker' ? new Uint8Array(new SharedArrayBuffer(sliceBytes)) : undefined;
    for (let from = 0; from < chunk.length; from += sliceBytes) {
      const slice = copyTo(shared, chunk.subarray(from, from + sliceBytes));
      const flush = from + sliceBytes >= chunk.length;
      const count =
        place === 'worker'
          ? await this.#scan({ kind: 'feed', stream: stream.handle, chunk: slice, hits: hits.words, flush })
          : stream.feed(slice, hits, flush);
      if (count > 0) take(hits);
      if (place === 'sliced' && !flush) await yieldToEventLoop();
    }
  }

  /** Ends all threads once their tasks are done; later calls throw `native.closed`. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.allSettled(this.#underWay);
    // Its own `close` waits too, and leaves a timer of 30 seconds that holds everything it was made of.
    await Promise.all([this.#compilers.destroy(), this.#scanners?.destroy()]);
  }

  #scan(task: WorkerTask): Promise<number> {
    const scanners = this.#scanners as Piscina<WorkerTask, WorkerAnswer>;
    if (scanners.queueSize >= this.#queueLengthMax) {
      throw new WafError('pool.overload', `${scanners.queueSize} slices wait, limit ${this.#queueLengthMax}`);
    }
    return this.#run(scanners, task);
  }

  async #run(threads: Piscina<WorkerTask, WorkerAnswer>, task: WorkerTask): Promise<number> {
    if (this.#isClosed) throw new WafError('native.closed', 'the matcher pool is closed');
    const run = threads.run(task);
    this.#underWay.add(run);
    const answer = await run.finally(() => this.#underWay.delete(run));
    if ('code' in answer) throw new WafError(answer.code, answer.message);
    return answer.value;
  }
}

/** `bytes` in shared memory when there is some, else as they are: a message would carry the whole memory behind a view. */
function copyTo(shared: Uint8Array | undefined, bytes: Uint8Array): Uint8Array {
  if (shared === undefined) return bytes;
  shared.set(bytes);
  return shared.subarray(0, bytes.length);
}

function createThreads(maxThreads: number, concurrentTasksPerWorker: number): Piscina<WorkerTask, WorkerAnswer> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new Piscina({
    filename: new URL(`./worker.${extension}`, import.meta.url).href,
    minThreads: 0,
    maxThreads,
    idleTimeout: idleMs,
    concurrentTasksPerWorker,
    // Two histograms that nobody reads: a quarter of a MiB each pool, which outlives it.
    recordTiming: false,
  });
}
