// Asserts that an exchange's result does not depend on how its bodies are cut.

import fc from 'fast-check';
import { expect } from 'vitest';
import type { FailurePolicy } from '../../src/decision/failure-mode.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { type Cut, type CutExchange, essenceOf } from './cut-exchanges.ts';

/** Pieces of 1 to 64 bytes, up to as many as a body of `length` bytes can have. */
const manyWay = (length: number): fc.Arbitrary<Cut> =>
  fc.array(fc.integer({ min: 1, max: 64 }), { minLength: Math.min(length, 2), maxLength: Math.ceil(length / 8) + 2 });

/** How many cuts are tried. */
export interface CutOptions {
  readonly seed: number;
  /** Bodies up to this length are cut at every offset; longer ones at this many evenly spaced offsets. */
  readonly twoWayMax: number;
  readonly manyWayRuns: number;
  readonly failurePolicy?: FailurePolicy;
}

/** Asserts that the result is the same for all cuts of the exchange's bodies. */
export function assertCutsDoNotShow(plan: Plan, exchange: CutExchange, options: CutOptions): void {
  const { seed, twoWayMax, manyWayRuns, failurePolicy } = options;
  const length = Math.max(exchange.body.length, exchange.response?.body.length ?? 0);
  const whole = essenceOf(plan, exchange, [], failurePolicy);
  const check = (cut: Cut): void => {
    expect(
      essenceOf(plan, exchange, cut, failurePolicy),
      `${exchange.title}: pieces of ${cut.join(', ')}, seed ${seed}`,
    ).toStrictEqual(whole);
  };
  const step = Math.max(1, Math.ceil(length / twoWayMax));
  for (let offset = 1; offset < length; offset += step) check([offset]);
  if (length <= twoWayMax) check(new Array<number>(length).fill(1));
  fc.assert(fc.property(manyWay(length), check), { seed, numRuns: manyWayRuns });
}
