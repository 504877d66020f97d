// Keeps a long computation from blocking the event loop: counts its steps, and yields after a number of them.

import { constants } from './constants.ts';
import { type Steps, turn } from './turn.ts';

/**
 * Counts the work of planning rules, in steps of a few microseconds: a target, an action, a comparison, a member of a list.
 * Planning code calls `isDue` after each piece of work, and yields if it returns true: `if (pace.isDue(3)) yield;`. The rest runs
 * in another turn, and open exchanges continue in between.
 */
export class Pace {
  readonly #stepsMax: number;
  #steps = 0;
  #total = 0;

  /** @param stepsMax steps between two yields. */
  constructor(stepsMax: number = constants.planStepsMax) {
    this.#stepsMax = stepsMax;
  }

  /** Steps counted so far. */
  get total(): number {
    return this.#total;
  }

  /** Counts steps. Returns whether it is time to yield; the caller must do so then. */
  isDue(steps = 1): boolean {
    this.#total += steps;
    this.#steps += steps;
    if (this.#steps < this.#stepsMax) return false;
    // Exchanges that come in the rest of this turn wait for the next one, as they do after the work of other exchanges.
    turn.spend(Math.round((this.#steps / this.#stepsMax) * workOfTurn));
    this.#steps = 0;
    return true;
  }
}

/** What the computation between two yields counts in a turn of the event loop, in units of work. */
const workOfTurn = 256 * 1024;

/** The result of a function for each member, in order; each counts `cost` steps. */
export function* mapPaced<Member, Result>(
  pace: Pace,
  members: Iterable<Member>,
  make: (member: Member, index: number) => Result,
  cost: (result: Result, member: Member) => number = () => 1,
): Steps<Result[]> {
  const results: Result[] = [];
  for (const member of members) {
    const result = make(member, results.length);
    results.push(result);
    if (pace.isDue(cost(result, member))) yield;
  }
  return results;
}
