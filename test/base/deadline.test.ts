// Time budgets on the monotonic clock.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Deadline, monotonicMs, wallClock } from '../../src/base/deadline.ts';

describe('Deadline', () => {
  it('is expired at once with no budget', () => {
    const deadline = new Deadline(0);
    assert.equal(deadline.isExpired, true);
    assert.equal(deadline.leftMs, 0);
  });

  it('counts down from its budget', () => {
    const deadline = new Deadline(60_000);
    assert.equal(deadline.isExpired, false);
    assert.ok(deadline.leftMs > 0 && deadline.leftMs <= 60_000);
  });

  it('never expires with an infinite budget', () => {
    assert.equal(new Deadline(Number.POSITIVE_INFINITY).isExpired, false);
  });
});

describe('the clocks', () => {
  it('monotonicMs never goes back', () => {
    const first = monotonicMs();
    assert.ok(monotonicMs() >= first);
  });

  it('wallClock is this century', () => assert.ok(wallClock().getUTCFullYear() >= 2025));
});
