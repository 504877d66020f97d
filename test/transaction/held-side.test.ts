import { describe, expect, it } from 'vitest';
import { WafError } from '../../src/base/errors.ts';
import { limits } from '../../src/base/limits.ts';
import { HeldSide } from '../../src/transaction/held-side.ts';
import { FakeClock } from '../support/fake-clock.ts';

const prefix = { body: 'prefix', holdsHead: false } as const;
const noWait = { body: 'chunks', holdsHead: true } as const;

describe('HeldSide', () => {
  it('considers a body complete when it has its declared length', () => {
    const side = new HeldSide('request', prefix, limits);
    side.begin([{ name: 'content-length', value: '5' }], { holdMs: 10, flow: 'after-hold' });
    side.push(4);
    expect(side.isBodyComplete).toBe(false);
    side.push(1);
    expect(side.isBodyComplete).toBe(true);
  });

  it('reports when the oldest held message is due', (context) => {
    const clock = new FakeClock(context);
    const side = new HeldSide('request', noWait, limits);
    expect(side.holdDeadlineMs).toBe(undefined);
    side.begin([], { holdMs: 1000, flow: 'after-hold' });
    const due = clock.nowMs + 1000;
    clock.advance(10);
    side.push(1);
    expect(side.holdDeadlineMs).toBe(due);
  });

  it('releases the head with the first chunk of the body if the hold policy allows it', () => {
    const side = new HeldSide('response', noWait, limits);
    side.begin([], { holdMs: 100, flow: 'with-body' });
    expect(side.queue.release(0)).toBe(0);
    side.push(3);
    expect(side.queue.release(3), 'the head and the chunk').toBe(2);
  });

  const noHold = { holdMs: 0, flow: 'at-once' } as const;
  for (const [steps, expected] of [
    [['begin'], 'in-body'],
    [['begin', 'end'], 'ended'],
    [['begin', 'end', 'end'], 'ended'],
    [['skip'], 'skipped'],
    [['end'], 'end of a request that is before-head'],
    [['begin', 'begin'], 'begin of a request that is in-body'],
    [['begin', 'skip'], 'skip of a request that is in-body'],
    [['begin', 'end', 'begin'], 'begin of a request that is ended'],
    [['skip', 'begin'], 'begin of a request that is skipped'],
    [['skip', 'end'], 'end of a request that is skipped'],
  ] as const) {
    it(`changes its state as in the table: ${steps.join(', ')}`, () => {
      const side = new HeldSide('request', noWait, limits);
      const take = (step: (typeof steps)[number]): void => {
        if (step === 'begin') side.begin([], noHold);
        else side[step]();
      };
      for (const step of steps.slice(0, -1)) take(step);
      let outcome = '';
      try {
        take(steps[steps.length - 1] ?? 'end');
        outcome = side.phase;
      } catch (thrown) {
        outcome = thrown instanceof WafError ? thrown.message : String(thrown);
      }
      expect(outcome).toBe(expected);
    });
  }

  it('is complete when it has ended and nothing of it is held', () => {
    const side = new HeldSide('request', noWait, limits);
    side.begin([], { holdMs: 5, flow: 'after-hold' });
    side.end();
    expect(side.isAnswered).toBe(false);
    side.queue.release(0);
    expect(side.isAnswered).toBe(true);
  });
});
