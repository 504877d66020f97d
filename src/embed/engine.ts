// Rules with the bounds they are run under, for those who embed the engine: loaded off the event loop, replaced under way.
// Knows no server.

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
import { type Exchange, OpenExchange, type Waiter } from './exchange.ts';

/** What an engine is made of. */
export interface EngineOptions
  extends Omit<LoadOptions, 'keepGoing' | 'inBackground' | 'onFile' | 'amend' | 'amendedBy'> {
  /** Rule files, folders or packs, in order. */
  readonly rules: readonly string[];
  /** Those that are not the defaults, of packs or else of `limitsWith`. */
  readonly limits?: Partial<Limits>;
  /** Default: what packs say, else the table of failures in docs/bodies.md. */
  readonly failurePolicy?: FailurePolicy;
  /** Told of errors that are ours, before the failure policy decides. Must not throw. */
  readonly onInternalError?: (error: WafError) => void;
}

/** How late the end of a hold may be noticed. */
const tickMs = 20;

/** Head and body wait with us: nothing is released that was not inspected. */
const delivery: Delivery = { body: 'chunks', holdsHead: true };

/** An inspection alone: see `CheckedInspection`. */
export type InspectionOnly = Pick<
  CheckedInspection,
  Exclude<keyof CheckedInspection, 'evaluateNow' | 'evaluatedBytes'>
>;

/** Rules with the limits they are run under. */
export interface Engine {
  /** What happened to each rule in force when it was loaded. */
  readonly diagnostics: Diagnostics;
  /** Number of the rules in force: 1 for the first, one more for each `replaceRules`. */
  readonly generation: number;
  /** The limits that every exchange is held to. */
  readonly limits: Limits;
  /**
   * Opens an exchange, which keeps to the rules in force now; its `close` must be called. More than `exchangesMax` at once are an
   * `overload`, for which the failure policy decides.
   * @throws WafError `native.closed` after `close`.
   */
  openExchange(): Exchange;
  /**
   * Opens an inspection alone: verdicts on heads and chunks, without clocks and without a say in what may go on. Its `close` must be
   * called.
   * @throws WafError `native.closed` after `close`.
   */
  openInspection(requestId: string): InspectionOnly;
  /**
   * Loads rules off the event loop and puts them in force for what opens from then on; what is open keeps its own. Limits and failure
   * policy stay those of the first rules.
   * @returns the number of the new rules.
   * @throws what `createEngine` throws, and WafError `native.closed` after `close`; the rules in force then stay so.
   */
  replaceRules(rules: readonly string[]): Promise<number>;
  /** Opens nothing more; rules are freed when what is open was closed. Idempotent. */
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
    const transaction = openTransaction<Waiter>(this.#profile, {
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
    return new WafError('admission.overload', `${this.#openCount} exchanges are under way, limit ${exchangesMax}`);
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

/** Every option, so that one whose name is misspelt is not a silent default. */
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

/** Options that were checked. */
interface CheckedOptions extends Omit<EngineOptions, 'limits'> {
  readonly limits: Readonly<Record<string, number>>;
}

/** Rules as packs among them want them run. */
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
    throw misconfigured('rules must name at least one file, folder or pack: without rules nothing is found');
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
 * @throws WafError `config.invalid` for no rules and for options that do not exist or cannot be, SeclangErrors for rule text that does
 * not parse, WafError `plan.invalid` for rules that cannot run.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const checked = checkedOptions(options);
  return new LoadedEngine(await rulesOf(checked.rules, checked), checked);
}
