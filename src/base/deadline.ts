// The monotonic clock and time budgets. The only file that reads time, so that a clock set back
// or forward never ends an exchange.

import { performance } from 'node:perf_hooks';

/** Milliseconds on the monotonic clock, with fractions. */
export function monotonicMs(): number {
  return performance.now();
}

/** Seconds and microseconds of the wall clock, for what people and rules read (TIME_EPOCH, logs). */
export function wallClock(): Date {
  return new Date();
}

/** A time budget that started when it was made. */
export class Deadline {
  readonly #endMs: number;

  /** @param budgetMs milliseconds from now; `Infinity` never expires. */
  constructor(budgetMs: number) {
    this.#endMs = monotonicMs() + budgetMs;
  }

  /** Milliseconds left, never negative. */
  get leftMs(): number {
    return Math.max(0, this.#endMs - monotonicMs());
  }

  get isExpired(): boolean {
    return monotonicMs() >= this.#endMs;
  }
}
