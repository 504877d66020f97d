import { describe, expect, it } from 'vitest';
import { DeadlineList } from '../../src/ext-proc/deadline-list.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** How late a call may be. */
const tickMs = 20;

describe('DeadlineList', () => {
  it('calls once, in time and not before', (context) => {
    const clock = new FakeClock(context);
    const list = new DeadlineList(tickMs);
    const calls: number[] = [];
    const start = clock.nowMs;
    list.watch({ onDeadline: () => calls.push(clock.nowMs - start) }, start + 70);
    clock.advance(69);
    expect(calls).toStrictEqual([]);
    clock.advance(1_000);
    expect(calls.length).toBe(1);
    const [called = 0] = calls;
    expect(called >= 70 && called <= 70 + tickMs, `called after ${called} ms`).toBe(true);
    expect(list.size).toBe(0);
  });

  it('keeps the last time that was set, and cancels', (context) => {
    const clock = new FakeClock(context);
    const list = new DeadlineList(tickMs);
    const calls: string[] = [];
    const moved = { onDeadline: () => void calls.push('moved') };
    const forgotten = { onDeadline: () => void calls.push('forgotten') };
    list.watch(moved, clock.nowMs + 10_000);
    list.watch(moved, clock.nowMs + 20);
    list.watch(forgotten, clock.nowMs + 20);
    list.forget(forgotten);
    clock.advance(20 + tickMs);
    expect(calls).toStrictEqual(['moved']);
    clock.advance(20_000);
    expect(calls).toStrictEqual(['moved']);
  });

  it('lets a called entry wait again', (context) => {
    const clock = new FakeClock(context);
    const list = new DeadlineList(tickMs);
    let count = 0;
    const again = {
      onDeadline: () => {
        count += 1;
        if (count < 3) list.watch(again, clock.nowMs + 5);
      },
    };
    list.watch(again, clock.nowMs);
    clock.advance(tickMs);
    expect(count, 'not twice in one turn').toBe(1);
    clock.advance(1_000);
    expect(count).toBe(3);
  });
});
