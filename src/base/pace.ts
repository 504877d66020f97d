// How a long computation for which nobody waits keeps out of the way: it counts what it does, and yields after so much of it.

import { constants } from './constants.ts';
import { type Steps, turn } from './turn.ts';

/**
 * Counts the work of planning rules, in steps of a few microseconds: a target, an action, a comparison, a member of a list. Whoever plans asks
 * `isDue` behind each bit of work, and yields when it is: `if (pace.isDue(3)) yield;`. What follows waits for a turn of its own,
 * and exchanges under way go on in between.
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

  /** Counts steps. Returns whether it is time to yield, and takes it that the caller does. */
  isDue(steps = 1): boolean {
    this.#total += steps;
    this.#steps += steps;
    if (this.#steps < this.#stepsMax) return false;
    // Exchanges that come in the rest of this turn wait for the next one, as they do behind each other.
    turn.spend(Math.round((this.#steps / this.#stepsMax) * workOfTurn));
    this.#steps = 0;
    return true;
  }
}

/** What a computation between two yields counts for in a turn of the event loop, in units of work. */
const workOfTurn = 256 * 1024;

/** What a function makes of each member, in order; `cost` steps each. */
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
