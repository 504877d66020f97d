import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { mapPaced, Pace } from '../../src/base/pace.ts';
import { turn } from '../../src/base/turn.ts';

describe('Pace', () => {
  it('is due each time the given number of steps has been counted', () => {
    const pace = new Pace(10);
    const due = Array.from({ length: 30 }, () => pace.isDue());
    expect(due.flatMap((isDue, at) => (isDue ? [at] : []))).toStrictEqual([9, 19, 29]);
    expect(pace.isDue(100)).toBe(true);
    expect(pace.total).toBe(130);
  });

  it('yields after planStepsMax steps by default', () => {
    const pace = new Pace();
    expect(pace.isDue(constants.planStepsMax - 1)).toBe(false);
    expect(pace.isDue()).toBe(true);
  });

  it('fills the turn, so that exchanges of the same turn wait for their own', () => {
    const before = turn.spent;
    new Pace(10).isDue(10);
    expect(turn.spent - before).toBe(256 * 1024);
  });
});

describe('mapPaced', () => {
  it('returns what map returns, and yields in between', () => {
    const steps = mapPaced(new Pace(3), ['a', 'b', 'c', 'd', 'e', 'f', 'g'], (item, index) => item + index);
    let yields = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) yields += 1;
    expect(step.value).toStrictEqual(['a0', 'b1', 'c2', 'd3', 'e4', 'f5', 'g6']);
    expect(yields).toBe(2);
  });

  it('counts the cost of each result', () => {
    const steps = mapPaced(
      new Pace(10),
      [1, 20, 1],
      (item) => item,
      (result) => result,
    );
    expect(steps.next().done).toBe(false);
    expect(steps.next()).toStrictEqual({ done: true, value: [1, 20, 1] });
  });
});
