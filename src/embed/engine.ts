// Rules and limits for programs that embed the engine: loaded off the event loop, replaceable at run time. Knows no server.

import { WafError } from '../base/errors.ts';
import { failureTable } from '../base/failure-table.ts';
import { type Limits, limitsWith } from '../base/limits.ts';
import { asProfileWants, defaultProfile } from '../config/pack-defaults.ts';
import type { ProfileConfig } from '../config/profiles.ts';
import type { FailurePolicy } from '../decision/failure-mode.ts';
import { collectionsOf } from '../evaluate/persistent-collections.ts';
import { DeadlineList } from '../ext-proc/deadline-list.ts';
import { closePlan } from '../plan/close-plan.ts';
import type { Diagnostics } from '../plan/diagnostics.ts';
import type { Plan } from '../plan/plan.ts';
import { PlanHandle, type PlanLease } from '../plan/plan-handle.ts';
import type { Profile } from '../profile/profile.ts';
import { type LoadOptions, loadRules, requireRules } from '../server/load-rules.ts';
import { CheckedInspection } from '../transaction/checked-inspection.ts';
import type { Delivery } from '../transaction/event.ts';
import { openTransaction } from '../transaction/open-transaction.ts';
import { type Exchange, OpenExchange } from './exchange.ts';

/** Options of an engine. */
export interface EngineOptions
  extends Omit<LoadOptions, 'keepGoing' | 'inBackground' | 'onFile' | 'amend' | 'amendedBy'> {
  /** Rule files, folders or packs, in order. */
  readonly rules: readonly string[];
  /** Limits that differ from the defaults, which come from packs or else from `limitsWith`. */
  readonly limits?: Partial<Limits>;
  /** Default: what packs set, else the table of failures in docs/bodies.md. */
  readonly failurePolicy?: FailurePolicy;
  /** Called for internal errors, before the failure policy decides. Must not throw. */
  readonly onInternalError?: (error: WafError) => void;
}

/** Maximum delay until the end of a hold is noticed. */
const tickMs = 20;

/** Head and body wait in this process: nothing is released before it is inspected. */
const delivery: Delivery = { body: 'chunks', holdsHead: true };

/** Inspection only: see `CheckedInspection`. */
export type InspectionOnly = Pick<
  CheckedInspection,
  Exclude<keyof CheckedInspection, 'evaluateNow' | 'evaluatedBytes'>
>;

/** Rules with the limits they run under. */
export interface Engine {
  /** What happened to each rule in force when it was loaded. */
  readonly diagnostics: Diagnostics;
  /** Generation of the rules in force: 1 for the first, one more for each `replaceRules`. */
  readonly generation: number;
  /** The limits of every exchange. */
  readonly limits: Limits;
  /**
   * Opens an exchange with the rules now in force; you must call its `close`. Above `exchangesMax` open exchanges, the failure
   * policy decides with the cause `overload`.
   * @throws WafError `native.closed` after `close`.
   */
  openExchange(): Exchange;
  /**
   * Opens an inspection: verdicts on heads and chunks, without timeouts and without deciding what may be released. You must call
   * its `close`.
   * @throws WafError `native.closed` after `close`.
   */
  openInspection(requestId: string): InspectionOnly;
  /**
   * Loads rules off the event loop and puts them in force for what is opened from then on; what is open keeps its rules. Limits
   * and failure policy stay those of the first rules.
   * @returns the generation of the new rules.
   * @throws the errors of `createEngine`, and WafError `native.closed` after `close`; the rules in force then stay the same.
   */
  replaceRules(rules: readonly string[]): Promise<number>;
  /** Opens nothing more; rules are freed when everything open has been closed. Idempotent. */
  close(): void;
}

class LoadedEngine implements Engine {
  readonly limits: Limits;
  readonly #options: CheckedOptions;
  readonly #profile: Profile;
  readonly #deadlines = new DeadlineList(tickMs);
  #loading: Promise<unknown> = Promise.resolve();
  #openCount = 0;
  #isClosed = false;

  /** @param rules owned by the engine from now on. */
  constructor({ plan, profile }: WantedRules, options: CheckedOptions) {
    const { limits } = profile;
    const { failurePolicy = profile.failurePolicy } = options;
    const collections = collectionsOf(limits);
    this.limits = limits;
    this.#profile = { name: '', plans: new PlanHandle(plan), limits, failurePolicy, collections };
    this.#options = options;
  }

  get diagnostics(): Diagnostics {
    return this.#profile.plans.plan.diagnostics;
  }

  get generation(): number {
    return this.#profile.plans.generation;
  }

  openExchange(): Exchange {
    const transaction = openTransaction(this.#profile, {
      deliveries: { request: delivery, response: delivery },
      onInternalError: this.#options.onInternalError,
      refuse: () => this.#refuse(),
    });
    this.#openCount += 1;
    return new OpenExchange(transaction, this.#deadlines, () => {
      this.#openCount -= 1;
    });
  }

  openInspection(requestId: string): InspectionOnly {
    const { plans, limits, failurePolicy, collections } = this.#profile;
    return new LeasedInspection(plans.lease(), { requestId, limits, failurePolicy, collections });
  }

  replaceRules(rules: readonly string[]): Promise<number> {
    const replaced = this.#loading.then(async () => {
      const { plan } = await rulesOf(rules, { ...this.#options, inBackground: true });
      if (!this.#isClosed) return this.#profile.plans.replace(plan);
      closePlan(plan);
      throw new WafError('native.closed', 'the engine was closed');
    });
    this.#loading = replaced.catch(() => undefined);
    return replaced;
  }

  close(): void {
    this.#isClosed = true;
    this.#profile.plans.close();
  }

  #refuse(): WafError | undefined {
    const { exchangesMax } = this.limits;
    if (this.#openCount <= exchangesMax) return undefined;
    return new WafError('admission.overload', `${this.#openCount} exchanges are open, limit ${exchangesMax}`);
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

function misconfigured(sentence: string): WafError {
  return new WafError('config.invalid', sentence);
}

/** Every option, so that a misspelt one is an error instead of being ignored. */
const optionNames: Readonly<Record<keyof EngineOptions, true>> = {
  rules: true,
  limits: true,
  failurePolicy: true,
  onInternalError: true,
  compileThreads: true,
  cacheFolder: true,
  onProgress: true,
  allowUnsupported: true,
  packs: true,
};

/** Checked options. */
interface CheckedOptions extends Omit<EngineOptions, 'limits'> {
  readonly limits: Readonly<Record<string, number>>;
}

/** Rules with the defaults of the packs among them. */
interface WantedRules {
  readonly plan: Plan;
  readonly profile: ProfileConfig;
}

function checkedOptions(options: EngineOptions): CheckedOptions {
  const unknown = Object.keys(options ?? {}).find((name) => !Object.hasOwn(optionNames, name));
  if (unknown !== undefined) throw misconfigured(`createEngine has no option "${unknown}"`);
  const { failurePolicy, limits = {} } = options ?? {};
  if (failurePolicy !== undefined) checkFailurePolicy(failurePolicy);
  limitsWith(limits as Record<string, number>);
  return { ...options, limits: limits as Record<string, number> };
}

function checkFailurePolicy({ actions, otherwise, statuses }: FailurePolicy): void {
  for (const action of [otherwise, ...Object.values(actions ?? {})]) {
    if (!['block', 'allow', 'detect'].includes(action)) {
      throw misconfigured(`failurePolicy has the action "${action}": it must be block, allow or detect`);
    }
  }
  const unknown = [...Object.keys(actions ?? {}), ...Object.keys(statuses ?? {})].find(
    (cause) => !Object.hasOwn(failureTable, cause),
  );
  if (unknown !== undefined) throw misconfigured(`failurePolicy has the cause "${unknown}", which does not exist`);
}

async function rulesOf(
  rules: readonly string[],
  { limits, ...options }: LoadOptions & Pick<CheckedOptions, 'limits'>,
): Promise<WantedRules> {
  const areNamed = Array.isArray(rules) && rules.length > 0 && rules.every((path) => typeof path === 'string');
  if (!areNamed) {
    throw misconfigured('rules must name at least one file, folder or pack: without rules nothing would be found');
  }
  const plan = requireRules(await loadRules(rules, options));
  try {
    const profile = defaultProfile(plan, limits);
    return { plan: asProfileWants(plan, profile), profile };
  } catch (error) {
    closePlan(plan);
    throw error;
  }
}

/**
 * Loads rules, off the event loop, and returns an engine.
 * @throws WafError `config.invalid` for an empty list of rules and for unknown or invalid options, SeclangErrors for rule text
 * that cannot be parsed, WafError `plan.invalid` for rules that cannot run.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const checked = checkedOptions(options);
  return new LoadedEngine(await rulesOf(checked.rules, checked), checked);
}
