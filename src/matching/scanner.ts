// Scans off the event loop: decides which scans are worth another thread, and limits how many run. Knows no field and no rule.

import { constants } from '../base/constants.ts';
import type { HitBuffer } from './hits.ts';
import type { ScanProgram } from './pattern-set.ts';
import { type FieldBatch, type StreamScan, scanBatchAside } from './scan.ts';

/** Scans in other threads. Both methods return undefined if the caller should scan itself: too little work, or no thread is free. */
export interface Scanner {
  /**
   * `scanBatch` in another thread. Do not touch `batch` before it is done.
   * @throws WafError (rejects) `scan.failed`, `native.closed`.
   */
  scanAside(program: ScanProgram, batch: FieldBatch): Promise<HitBuffer> | undefined;
  /**
   * `StreamScan.feed` in another thread. Until it is done, do not touch `bytes`, and do not use the stream except to discard it.
   * @throws WafError (rejects) `scan.failed`.
   */
  feedAside(stream: StreamScan, bytes: Uint8Array, flush: boolean): Promise<HitBuffer> | undefined;
}

/**
 * Threads of Node's own pool: a task costs the event loop about half of what a task of a worker thread does
 * (bench/micro/scan-threads). If all are busy, the event loop scans too, so nothing waits for a thread.
 */
export class ScanThreads implements Scanner {
  readonly #threads: number;
  readonly #underWay = new Set<Promise<unknown>>();

  /** @param threads maximum number of concurrent scans. */
  constructor(threads: number) {
    this.#threads = threads;
  }

  /** Running scans. */
  get busy(): number {
    return this.#underWay.size;
  }

  scanAside(program: ScanProgram, batch: FieldBatch): Promise<HitBuffer> | undefined {
    return this.#isWorthIt(batch.bytes * program.workPerByte) ? this.#note(scanBatchAside(program, batch)) : undefined;
  }

  feedAside(stream: StreamScan, bytes: Uint8Array, flush: boolean): Promise<HitBuffer> | undefined {
    return this.#isWorthIt(bytes.length * stream.workPerByte) ? this.#note(stream.feedAside(bytes, flush)) : undefined;
  }

  /** Resolves when no scan is running. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  #isWorthIt(expectedWork: number): boolean {
    return expectedWork >= constants.asideWorkMin && this.#underWay.size < this.#threads;
  }

  #note(scan: Promise<HitBuffer>): Promise<HitBuffer> {
    this.#underWay.add(scan);
    return scan.finally(() => this.#underWay.delete(scan));
  }
}
