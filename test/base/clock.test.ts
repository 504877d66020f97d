import { describe, expect, it } from 'vitest';
import { monotonicMs, wallClock } from '../../src/base/clock.ts';

describe('the clocks', () => {
  it('monotonicMs never goes back', () => {
    const first = monotonicMs();
    expect(monotonicMs()).toBeGreaterThanOrEqual(first);
  });

  it('wallClock is this century', () => expect(wallClock().getUTCFullYear()).toBeGreaterThanOrEqual(2025));
});
