// Time budgets on the monotonic clock.
import { describe, expect, it } from 'vitest';
import { Deadline, monotonicMs, wallClock } from '../../src/base/deadline.ts';

describe('Deadline', () => {
  it('is expired at once with no budget', () => {
    const deadline = new Deadline(0);
    expect(deadline.isExpired).toBe(true);
    expect(deadline.leftMs).toBe(0);
  });

  it('counts down from its budget', () => {
    const deadline = new Deadline(60_000);
    expect(deadline.isExpired).toBe(false);
    expect(deadline.leftMs > 0 && deadline.leftMs <= 60_000).toBe(true);
  });

  it('never expires with an infinite budget', () => {
    expect(new Deadline(Number.POSITIVE_INFINITY).isExpired).toBe(false);
  });
});

describe('the clocks', () => {
  it('monotonicMs never goes back', () => {
    const first = monotonicMs();
    expect(monotonicMs()).toBeGreaterThanOrEqual(first);
  });

  it('wallClock is this century', () => expect(wallClock().getUTCFullYear()).toBeGreaterThanOrEqual(2025));
});
