// The plan in force, and those that exchanges under way still run on: an exchange takes a lease when it opens and keeps to the
// rules it began with; a plan that was replaced is freed with its last lease. Knows no exchange.

import { WafError } from '../base/errors.ts';
import { closePlan } from './close-plan.ts';
import type { Plan } from './plan.ts';

/** A plan that is in use. Nothing native of it is freed before `release`. */
export interface PlanLease {
  readonly plan: Plan;
  /** Which of the handle's plans it is: 1 for the first, one more for each that replaced another. */
  readonly generation: number;
  /** Gives the plan back; it must not be used any more. Idempotent. */
  release(): void;
}

/** One plan with a count of those who use it. */
class Generation {
  readonly plan: Plan;
  readonly number: number;
  readonly #onFreed: () => void;
  #leases = 0;
  #isRetired = false;

  constructor(plan: Plan, number: number, onFreed: () => void) {
    this.plan = plan;
    this.number = number;
    this.#onFreed = onFreed;
  }

  lease(): PlanLease {
    this.#leases += 1;
    return new Lease(this);
  }

  giveBack(): void {
    this.#leases -= 1;
    this.#freeUnused();
  }

  /** No more leases are taken of it. */
  retire(): void {
    this.#isRetired = true;
    this.#freeUnused();
  }

  #freeUnused(): void {
    if (!this.#isRetired || this.#leases > 0) return;
    this.#onFreed();
  }
}

class Lease implements PlanLease {
  readonly #generation: Generation;
  #isReleased = false;

  constructor(generation: Generation) {
    this.#generation = generation;
  }

  get plan(): Plan {
    return this.#generation.plan;
  }

  get generation(): number {
    return this.#generation.number;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#generation.giveBack();
  }
}

/** How a handle is made. */
export interface PlanHandleOptions {
  /** Number of the first plan. Default 1. */
  readonly generation?: number;
  /** Frees a plan that nobody uses any more. Default: `closePlan`. */
  readonly free?: (plan: Plan) => void;
}

/** Owns the plan in force. Replacing it disturbs no exchange under way. */
export class PlanHandle {
  #current: Generation;
  readonly #free: (plan: Plan) => void;
  #openPlans = 0;
  #isClosed = false;

  /** @param plan the first generation; the handle owns it from now on. */
  constructor(plan: Plan, { generation = 1, free = closePlan }: PlanHandleOptions = {}) {
    this.#free = free;
    this.#current = this.#open(plan, generation);
  }

  /** The plan in force, to be looked at now; who keeps it longer takes a lease. */
  get plan(): Plan {
    return this.#current.plan;
  }

  /** Number of the plan in force. */
  get generation(): number {
    return this.#current.number;
  }

  /** Plans that are not freed: the one in force, and replaced ones that are in use. */
  get openPlans(): number {
    return this.#openPlans;
  }

  /**
   * Takes the plan in force for one exchange.
   * @throws WafError `native.closed` after `close`.
   */
  lease(): PlanLease {
    this.#assertOpen();
    return this.#current.lease();
  }

  /**
   * Puts a plan in force: every lease from now on is of it. The one before is freed when its last lease is given back.
   * @param plan owned by the handle from now on.
   * @returns its generation.
   * @throws WafError `native.closed` after `close`; the plan is then still the caller's.
   */
  replace(plan: Plan): number {
    this.#assertOpen();
    const before = this.#current;
    this.#current = this.#open(plan, before.number + 1);
    before.retire();
    return this.#current.number;
  }

  /** Takes no more leases; the plan is freed with the last one. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#current.retire();
  }

  #open(plan: Plan, number: number): Generation {
    this.#openPlans += 1;
    return new Generation(plan, number, () => {
      this.#free(plan);
      this.#openPlans -= 1;
    });
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new WafError('native.closed', 'the rules were given up');
  }
}
