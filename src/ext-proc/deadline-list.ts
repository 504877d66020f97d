// The deadlines of all exchanges in one coarse timer, which runs only while there are any. A timer for each message would cost
// more than most messages. Keeps no process alive. Knows no exchange.

import { monotonicMs } from '../base/clock.ts';

/** Something with a deadline. */
export interface DeadlineListener {
  /** Called once when its deadline has passed; it may be watched again from here. Must not throw. */
  onDeadline(): void;
}

/** Listeners, each with one deadline. */
export class DeadlineList {
  readonly #tickMs: number;
  readonly #waiting = new Map<DeadlineListener, number>();
  #ticker: NodeJS.Timeout | undefined;

  /** @param tickMs how late a deadline may be noticed. */
  constructor(tickMs: number) {
    this.#tickMs = tickMs;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Sets the deadline of a listener to `deadlineMs` (monotonic milliseconds), in place of an earlier one. */
  watch(due: DeadlineListener, deadlineMs: number): void {
    this.#waiting.set(due, deadlineMs);
    this.#ticker ??= setInterval(() => this.#tick(), this.#tickMs).unref();
  }

  /** Removes the deadline of a listener. */
  forget(due: DeadlineListener): void {
    this.#waiting.delete(due);
  }

  #tick(): void {
    if (this.#waiting.size === 0) {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
      return;
    }
    const now = monotonicMs();
    for (const [due, deadlineMs] of this.#waiting) {
      if (deadlineMs > now) continue;
      this.#waiting.delete(due);
      due.onDeadline();
    }
  }
}
