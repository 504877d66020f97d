// Rules with the bounds they are run under, for those who embed the engine: loaded off the event loop, replaced under way.
// Knows no server.

import { WafError } from '../base/errors.ts';
import { limits as defaultLimits, type Limits } from '../base/limits.ts';
import { defaultFailurePolicy, type FailurePolicy } from '../decision/failure-mode.ts';
import { collectionsOf } from '../evaluate/persistent-collections.ts';
import { DeadlineList } from '../ext-proc/deadline-list.ts';
import { closePlan } from '../plan/close-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { PlanHandle, type PlanLease } from '../plan/plan-handle.ts';
import type { Profile } from '../profile/profile.ts';
import { type LoadOptions, loadRules, requireRules } from '../server/load-rules.ts';
import { CheckedInspection } from '../transaction/checked-inspection.ts';
import type { Delivery } from '../transaction/event.ts';
import { openTransaction } from '../transaction/open-transaction.ts';
import { Exchange, type Waiter } from './exchange.ts';

/** What an engine is made of. */
export interface EngineOptions extends LoadOptions {
  /** Rule files, folders or packs, in order. */
  readonly rules: readonly string[];
  /** Default: `limits`. */
  readonly limits?: Limits;
  /** Default: the table of failures in docs/bodies.md. */
  readonly failurePolicy?: FailurePolicy;
  /** Told of errors that are ours, before the failure policy decides. Must not throw. */
  readonly onInternalError?: (error: WafError) => void;
}

/** How late the end of a hold may be noticed. */
const tickMs = 20;

/** Head and body wait with us: nothing is released that was not inspected. */
const delivery: Delivery = { body: 'chunks', holdsHead: true };

/** Rules with the bounds they are run under. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #profile: Profile;
  readonly #deadlines = new DeadlineList(tickMs);
  #loading: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** @param plan owned by the engine from now on. Use `createEngine`. */
  constructor(plan: Plan, options: EngineOptions) {
    const { limits = defaultLimits, failurePolicy = defaultFailurePolicy } = options;
    const collections = collectionsOf(limits);
    this.#profile = { name: '', plans: new PlanHandle(plan), limits, failurePolicy, collections };
    this.#options = options;
  }

  /** The rules in force, with their diagnostics. */
  get plan(): Plan {
    return this.#profile.plans.plan;
  }

  /** Number of the rules in force: 1 for the first, one more for each `replaceRules`. */
  get generation(): number {
    return this.#profile.plans.generation;
  }

  /**
   * Opens an exchange, which keeps to the rules in force now; its `close` must be called.
   * @throws WafError `native.closed` after `close`.
   */
  openExchange(): Exchange {
    const transaction = openTransaction<Waiter>(this.#profile, {
      deliveries: { request: delivery, response: delivery },
      onInternalError: this.#options.onInternalError,
    });
    return new Exchange(transaction, this.#deadlines);
  }

  /**
   * Opens an inspection alone: verdicts on heads and chunks, without clocks and without a say in what may go on. Its `close` must be
   * called.
   * @throws WafError `native.closed` after `close`.
   */
  openInspection(requestId: string): CheckedInspection {
    const { plans, limits, failurePolicy } = this.#profile;
    return new LeasedInspection(plans.lease(), { requestId, limits, failurePolicy });
  }

  /**
   * Loads rules off the event loop and puts them in force for what opens from then on; what is open keeps its own.
   * @returns the number of the new rules.
   * @throws what `createEngine` throws, and WafError `native.closed` after `close`; the rules in force then stay so.
   */
  replaceRules(rules: readonly string[]): Promise<number> {
    const replaced = this.#loading.then(async () => {
      const plan = await planOf(rules, this.#options);
      if (!this.#isClosed) return this.#profile.plans.replace(plan);
      closePlan(plan);
      throw new WafError('native.closed', 'the engine was closed');
    });
    this.#loading = replaced.catch(() => undefined);
    return replaced;
  }

  /** Opens nothing more; rules are freed when what is open was closed. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#profile.plans.close();
  }
}

class LeasedInspection extends CheckedInspection {
  readonly #lease: PlanLease;

  constructor(lease: PlanLease, options: ConstructorParameters<typeof CheckedInspection>[1]) {
    super(lease.plan, options);
    this.#lease = lease;
  }

  override close(): ReturnType<CheckedInspection['close']> {
    const summary = super.close();
    this.#lease.release();
    return summary;
  }
}

async function planOf(rules: readonly string[], options: EngineOptions): Promise<Plan> {
  if (!Array.isArray(rules) || rules.length === 0) {
    throw new WafError(
      'config.invalid',
      'rules must name at least one file, folder or pack: without rules nothing is found',
    );
  }
  return requireRules(await loadRules(rules, options));
}

/**
 * Loads rules, off the event loop, and returns an engine.
 * @throws WafError `config.invalid` for no rules, SeclangErrors for rule text that does not parse, WafError `plan.invalid` for rules that cannot run.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  return new Engine(await planOf(options?.rules, options), options);
}
