// Compilation in separate threads, because a pattern set takes up to several seconds. Knows patterns, not rules.

import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';
import { WafError } from '../base/errors.ts';
import type { CompileAnswer, CompileTask } from './compile-worker.ts';
import { type NativeHandle, type NativePattern, nativeAddon, type SetUse } from './native.ts';
import type { SetCompiler } from './pattern-set.ts';

const idleMs = 2_000;

/** The tasks of a pool. */
export interface PoolTasks {
  readonly running: number;
  /** Waiting for a thread. */
  readonly queued: number;
}

/** Pools of this process that are not closed. */
const openPools = new Set<CompilePool>();

/** Pattern sets being compiled and waiting, in all pools of this process. */
export function compileTasks(): PoolTasks {
  const all = [...openPools].map(({ tasks }) => tasks);
  return {
    running: all.reduce((sum, { running }) => sum + running, 0),
    queued: all.reduce((sum, { queued }) => sum + queued, 0),
  };
}

/** Threads that compile. Idle ones end by themselves and never keep the process alive. */
export class CompilePool implements SetCompiler {
  /** Created for the first compilation. */
  #threads: Promise<Piscina<CompileTask, CompileAnswer>> | undefined;
  readonly #threadsMax: number;
  readonly #underWay = new Set<Promise<unknown>>();
  #isClosed: boolean = false;

  /** @param threads default: one per core. */
  constructor(threads: number = availableParallelism()) {
    this.#threadsMax = threads;
    openPools.add(this);
  }

  /** Its current tasks. */
  get tasks(): PoolTasks {
    const running = Math.min(this.#underWay.size, this.#threadsMax);
    return { running, queued: this.#underWay.size - running };
  }

  /**
   * Compiles a set in another thread; this thread then holds its reference.
   * @throws WafError `pattern.compile`, `native.argument`, `native.limit`, `native.closed` after `close`.
   */
  async compile(patterns: readonly NativePattern[], cacheFolder?: string, use: SetUse = 'any'): Promise<NativeHandle> {
    if (this.#isClosed) throw new WafError('native.closed', 'the compile pool is closed');
    // A thread that ends releases its reference, so ours is taken before `close` ends it.
    const adopted = this.#run({ patterns, cacheFolder, use });
    this.#underWay.add(adopted);
    return adopted.finally(() => this.#underWay.delete(adopted));
  }

  /** Ends all threads once their sets are compiled. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.allSettled(this.#underWay);
    // Piscina's own `close` also waits, but leaves a 30-second timer that keeps everything alive.
    await (await this.#threads)?.destroy();
    openPools.delete(this);
  }

  async #run(task: CompileTask): Promise<NativeHandle> {
    this.#threads ??= openThreads(this.#threadsMax);
    const answer = await (await this.#threads).run(task);
    if ('code' in answer) throw new WafError(answer.code, answer.message);
    nativeAddon().adoptPatternSet(answer.handle);
    return answer.handle;
  }
}

async function openThreads(maxThreads: number): Promise<Piscina<CompileTask, CompileAnswer>> {
  const { Piscina } = await import('piscina');
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new Piscina({
    filename: new URL(`./compile-worker.${extension}`, import.meta.url).href,
    minThreads: 0,
    maxThreads,
    idleTimeout: idleMs,
    // Two unused histograms take a quarter of a MiB per pool and outlive it.
    recordTiming: false,
  });
}
