// The plan in force, and older plans that open exchanges still use. An exchange takes a lease when it opens and keeps its rules
// until it ends; a replaced plan is freed when its last lease is returned. Knows no exchange.

import { WafError } from '../base/errors.ts';
import { closePlan } from './close-plan.ts';
import type { Plan } from './plan.ts';

/** A plan in use. None of its native objects is freed before `release`. */
export interface PlanLease {
  readonly plan: Plan;
  /** The generation of the plan: 1 for the first, one more for each replacement. */
  readonly generation: number;
  /** Returns the lease; the plan must not be used any more. Idempotent. */
  release(): void;
}

/** One plan with the number of its leases. */
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

  /** No more leases can be taken. */
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

/** Options of a handle. */
export interface PlanHandleOptions {
  /** Generation of the first plan. Default 1. */
  readonly generation?: number;
  /** Frees a plan that is no longer used. Default: `closePlan`. */
  readonly free?: (plan: Plan) => void;
}

/** Owns the plan in force. Replacing it does not affect open exchanges. */
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

  /** The plan in force, for immediate use; take a lease to keep it longer. */
  get plan(): Plan {
    return this.#current.plan;
  }

  /** Generation of the plan in force. */
  get generation(): number {
    return this.#current.number;
  }

  /** Plans that are not freed: the one in force, and replaced ones still in use. */
  get openPlans(): number {
    return this.#openPlans;
  }

  /**
   * Leases the plan in force for one exchange.
   * @throws WafError `native.closed` after `close`.
   */
  lease(): PlanLease {
    this.#assertOpen();
    return this.#current.lease();
  }

  /**
   * Puts a plan in force for all leases from now on. The previous one is freed when its last lease is returned.
   * @param plan owned by the handle from now on.
   * @returns its generation.
   * @throws WafError `native.closed` after `close`; the caller then still owns the plan.
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
    if (this.#isClosed) throw new WafError('native.closed', 'the rules were closed');
  }
}
