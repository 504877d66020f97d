// Time that stands still until a test moves it: the monotonic clock, timeouts and intervals of this process.

import { type TestContext, vi } from 'vitest';

/** A clock that stands still. Real time is restored after the test. Until then, nothing that waits for real timers works. */
export class FakeClock {
  #nowMs = 1_000;

  constructor({ onTestFinished }: TestContext) {
    const now = vi.spyOn(performance, 'now').mockImplementation(() => this.#nowMs);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    onTestFinished(() => {
      vi.useRealTimers();
      now.mockRestore();
    });
  }

  /** Monotonic milliseconds. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Lets whole milliseconds pass, one after the other, so that a timer that fires sees the time for which it was set. */
  advance(ms: number): void {
    for (let passed = 0; passed < ms; passed += 1) {
      this.#nowMs += 1;
      vi.advanceTimersByTime(1);
    }
  }
}
