// The clocks. The only file that reads time, so that a clock set back or forward never ends an exchange.

/** Milliseconds on the monotonic clock, with fractions. */
export function monotonicMs(): number {
  return performance.now();
}

/** Seconds and microseconds of the wall clock, for what people and rules read (TIME_EPOCH, logs). */
export function wallClock(): Date {
  return new Date();
}
