// The clocks of all exchanges in one: a coarse tick that looks at those that wait for a time, and only while there are
// any. A timer for each message would cost more than most of the messages. It keeps no process alive. Knows no exchange.

import { monotonicMs } from '../base/clock.ts';

/** Something that waits for a time. */
export interface DeadlineListener {
  /** Called once when its time has come; it may be watched again from here. Must not throw. */
  onDeadline(): void;
}

/** Things that wait, each for one time. */
export class DeadlineList {
  readonly #tickMs: number;
  readonly #waiting = new Map<DeadlineListener, number>();
  #ticker: NodeJS.Timeout | undefined;

  /** @param tickMs how late a time may be noticed. */
  constructor(tickMs: number) {
    this.#tickMs = tickMs;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Waits for `deadlineMs` (monotonic milliseconds), instead of what was waited for before. */
  watch(due: DeadlineListener, deadlineMs: number): void {
    this.#waiting.set(due, deadlineMs);
    this.#ticker ??= setInterval(() => this.#tick(), this.#tickMs).unref();
  }

  /** Waits no longer. */
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
