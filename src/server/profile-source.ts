// The profile that exchanges are inspected by, and how it is replaced while they are under way: loaded aside, put in force at
// once, and kept as it was when the new one does not load.

import type { MemoryLimits } from '../base/held-memory.ts';
import type { ServeConfig } from '../config/config.ts';
import { holdWindowNotice } from '../config/hold-window.ts';
import { PersistentCollections } from '../evaluate/persistent-collections.ts';
import { closePlan } from '../plan/close-plan.ts';
import { describeDiagnostic, isRemarkable } from '../plan/diagnostics.ts';
import type { Plan } from '../plan/plan.ts';
import { PlanHandle } from '../plan/plan-handle.ts';
import type { Profile } from '../profile/profile.ts';
import { shownProblems } from '../seclang/seclang-error.ts';
import { loadRules, requireRules } from './load-rules.ts';
import type { Log } from './logs.ts';
import { createProgress } from './progress.ts';

/** How often the log says that patterns still compile. */
const progressEveryMs = 3_000;

/** What of a configuration a reload puts in force; the rest waits for a restart. */
export type ProfileConfig = Pick<
  ServeConfig,
  'rules' | 'packs' | 'limits' | 'failurePolicy' | 'engine' | 'allowUnsupported' | 'cacheFolder'
>;

/** Told of the path of a file or folder. */
type FileListener = (path: string) => void;

/** Owns the rules of the profile in force. */
export class ProfileSource {
  readonly #log: Log;
  readonly #plans: PlanHandle;
  readonly #collections: PersistentCollections;
  /** What all exchanges share stays as it was at the start. */
  readonly #memoryLimits: MemoryLimits;
  #profile: Profile;
  #isClosed = false;

  private constructor(log: Log, plan: Plan, config: ProfileConfig) {
    this.#log = log;
    this.#plans = new PlanHandle(plan);
    this.#collections = new PersistentCollections(config.limits);
    const { memoryBytesMax, lightExchangeBytes } = config.limits;
    this.#memoryLimits = { memoryBytesMax, lightExchangeBytes };
    this.#profile = this.#profileOf(config);
  }

  /**
   * Loads the first rules.
   * @param onFile told of each file and folder that they come from, before it is looked at, also when loading fails.
   * @throws what loading rules throws, WafError `config.invalid` when there is no rule among them.
   */
  static async open(config: ProfileConfig, log: Log, onFile?: FileListener): Promise<ProfileSource> {
    return new ProfileSource(log, await planOf(config, { log, onFile }), config);
  }

  /** The profile in force. */
  get profile(): Profile {
    return this.#profile;
  }

  /** Number of the rules in force; 1 for the first. */
  get generation(): number {
    return this.#plans.generation;
  }

  /** Rule sets in memory: the one in force, and those that exchanges under way began with. */
  get openPlans(): number {
    return this.#plans.openPlans;
  }

  /** Rules in force, chains counted once. */
  get ruleCount(): number {
    return this.#plans.plan.diagnostics.loadedCount;
  }

  /**
   * Loads rules with their bounds and policies, and puts them in force for exchanges that begin from then on. In the
   * background, so that exchanges under way go on. One call at a time.
   * @throws as `open`; what was in force stays so.
   */
  async replace(config: ProfileConfig, onFile?: FileListener): Promise<void> {
    const plan = await planOf(config, { log: this.#log, onFile, inBackground: true });
    if (this.#isClosed) {
      closePlan(plan);
      return;
    }
    this.#plans.replace(plan);
    this.#profile = this.#profileOf(config);
  }

  /** Frees the rules when the last exchange is over. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#plans.close();
  }

  #profileOf(config: ProfileConfig): Profile {
    const limits = { ...config.limits, ...this.#memoryLimits };
    const notice = holdWindowNotice(limits);
    if (notice !== undefined) this.#log.warn(notice);
    return {
      name: 'default',
      plans: this.#plans,
      limits,
      failurePolicy: config.failurePolicy,
      collections: this.#collections,
    };
  }
}

interface LoadContext {
  readonly log: Log;
  readonly onFile: FileListener | undefined;
  readonly inBackground?: boolean;
}

async function planOf(config: ProfileConfig, { log, onFile, inBackground = false }: LoadContext): Promise<Plan> {
  const progress = createProgress({ everyMs: progressEveryMs, say: (text) => log.info(text) });
  try {
    const plan = await loadRules(config.rules, {
      allowUnsupported: config.allowUnsupported,
      packs: config.packs,
      onProgress: progress.onProgress,
      ...(config.cacheFolder === undefined ? {} : { cacheFolder: config.cacheFolder }),
      inBackground,
      ...(onFile === undefined ? {} : { onFile }),
    });
    const { problems } = plan.diagnostics;
    for (const text of shownProblems(problems.filter(isRemarkable).map(describeDiagnostic))) log.warn(text);
    for (const problem of problems) if (!isRemarkable(problem)) log.debug(describeDiagnostic(problem));
    for (const notice of plan.notices) log.info(notice);
    const { engine } = config;
    requireRules(plan);
    return engine === undefined ? plan : { ...plan, settings: { ...plan.settings, engine } };
  } finally {
    progress.stop();
  }
}
