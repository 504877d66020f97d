// Time that stands until a test moves it: the monotonic clock, timeouts and intervals of this process.

import type { TestContext } from 'node:test';

/** A clock that stands. Real time is back when the test is over. Nothing that waits for real timers works meanwhile. */
export class FakeClock {
  readonly #timers: TestContext['mock']['timers'];
  #nowMs = 1_000;

  constructor({ mock }: TestContext) {
    mock.method(performance, 'now', () => this.#nowMs);
    mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    this.#timers = mock.timers;
  }

  /** Monotonic milliseconds. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Lets whole milliseconds pass, one after the other: a timer that fires sees the time for which it was set. */
  advance(ms: number): void {
    for (let passed = 0; passed < ms; passed += 1) {
      this.#nowMs += 1;
      this.#timers.tick(1);
    }
  }
}
