// The rule sets of a configuration: each is compiled and held once, however many profiles use it, and freed when none does.

import { WafError } from '../base/errors.ts';
import { shownProfiles } from '../base/shown-names.ts';
import type { ServeConfig } from '../config/config.ts';
import { withCrsSettings } from '../config/crs-settings.ts';
import { exclusionStatements } from '../config/exclusion-rules.ts';
import { asProfileWants, withPackDefaults } from '../config/pack-defaults.ts';
import type { ProfileConfig } from '../config/profiles.ts';
import { closePlan } from '../plan/close-plan.ts';
import { describeDiagnostic, isRemarkable } from '../plan/diagnostics.ts';
import type { Plan } from '../plan/plan.ts';
import { PlanHandle } from '../plan/plan-handle.ts';
import type { RuleFile } from '../seclang/ast.ts';
import { shownProblems } from '../seclang/seclang-error.ts';
import { loadRules, requireRules } from './load-rules.ts';
import type { Log } from './logs.ts';
import { createProgress } from './progress.ts';

/** How often compile progress is logged. */
const progressEveryMs = 3_000;

/** What the rules of a profile are made from. */
export type RuleSources = Pick<ProfileConfig, 'rules' | 'allowUnsupported' | 'crs' | 'packUses' | 'exclusions'>;

/** Profiles with the same rules. */
export interface RuleGroup {
  readonly sources: RuleSources;
  readonly profiles: readonly ProfileConfig[];
}

/** A profile with its rules, and the defaults of their packs. */
export interface LoadedProfile {
  readonly profile: ProfileConfig;
  readonly plans: PlanHandle;
}

/** Called with the path of a file or folder. */
export type FileListener = (path: string) => void;

/** Options for loading. */
export interface LoadContext extends Pick<ServeConfig, 'packs' | 'cacheFolder'> {
  readonly log: Log;
  readonly onFile: FileListener | undefined;
  /** There are open exchanges. */
  readonly inBackground: boolean;
}

/** One rule set with the handles that use it. */
class RuleSet {
  readonly plan: Plan;
  readonly #onFreed: () => void;
  #users = 0;

  constructor(plan: Plan, onFreed: () => void) {
    this.plan = plan;
    this.#onFreed = onFreed;
  }

  /** A handle of the rules with the settings of a profile; the rules are freed with the last handle. */
  handleFor(profile: ProfileConfig, generation: number): PlanHandle {
    this.#users += 1;
    return new PlanHandle(asProfileWants(this.plan, profile), { generation, free: () => this.#giveBack() });
  }

  free(): void {
    closePlan(this.plan);
    this.#onFreed();
  }

  #giveBack(): void {
    this.#users -= 1;
    if (this.#users === 0) this.free();
  }
}

/** Loads rule sets, and counts those that are not freed. */
export class RuleSets {
  #open = 0;

  /** Rule sets in memory: those in force, and replaced ones that exchanges still use. */
  get openCount(): number {
    return this.#open;
  }

  /**
   * Loads what profiles need, each set once, one after the other.
   * @returns each profile with a handle, by name.
   * @throws the errors of loading rules and of `withPackDefaults`, and WafError `config.invalid` for a set without rules; nothing
   * is left open then.
   */
  async load(
    profiles: Iterable<ProfileConfig>,
    generation: number,
    context: LoadContext,
  ): Promise<ReadonlyMap<string, LoadedProfile>> {
    const sets: (readonly [set: RuleSet, profiles: readonly ProfileConfig[]])[] = [];
    try {
      for (const group of groupsByRules(profiles)) {
        const set = this.#opened(
          await planOf(group.sources, context).catch((thrown: unknown) => {
            throw ofProfiles(group, thrown);
          }),
        );
        const wanted: ProfileConfig[] = [];
        sets.push([set, wanted]);
        for (const profile of group.profiles) wanted.push(withPackDefaults(profile, set.plan.profileDefaults));
      }
    } catch (error) {
      for (const [set] of sets) set.free();
      throw error;
    }
    return new Map(
      sets.flatMap(([set, wanted]) =>
        wanted.map((profile) => [profile.name, { profile, plans: set.handleFor(profile, generation) }] as const),
      ),
    );
  }

  #opened(plan: Plan): RuleSet {
    this.#open += 1;
    return new RuleSet(plan, () => {
      this.#open -= 1;
    });
  }
}

/** Groups profiles by the sources of their rules, in order. */
export function groupsByRules(profiles: Iterable<ProfileConfig>): readonly RuleGroup[] {
  const groups = new Map<string, { readonly sources: RuleSources; readonly profiles: ProfileConfig[] }>();
  for (const profile of profiles) {
    const sources = sourcesOf(profile);
    const key = JSON.stringify(sources);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { sources, profiles: [profile] });
    else group.profiles.push(profile);
  }
  return [...groups.values()];
}

/** The same error with the names of its profiles, if there are other profiles than the default. */
function ofProfiles({ profiles }: RuleGroup, thrown: unknown): unknown {
  const names = profiles.map(({ name }) => name);
  if (!(thrown instanceof WafError) || names.includes('default')) return thrown;
  return new WafError(thrown.code, `${shownProfiles(names)}: ${thrown.message}`, { cause: thrown });
}

/** A profile that is off loads nothing. */
function sourcesOf({ engine, rules, allowUnsupported, crs, packUses, exclusions }: ProfileConfig): RuleSources {
  if (engine === 'Off') return { rules: [], allowUnsupported: false, crs: {}, packUses: [], exclusions: [] };
  return { rules, allowUnsupported, crs, packUses, exclusions };
}

/** The files of a profile, with its settings and exclusions translated into SecLang. */
export function amended(
  files: readonly RuleFile[],
  { crs, exclusions }: Pick<RuleSources, 'crs' | 'exclusions'>,
): readonly RuleFile[] {
  const nowhere = { file: 'crs', line: 1, column: 1 };
  const statements = exclusionStatements(exclusions);
  const rules = withCrsSettings(files, crs, nowhere);
  const [first] = statements;
  return first === undefined ? rules : [{ file: first.location.file, statements }, ...rules];
}

async function planOf(
  sources: RuleSources,
  { packs, cacheFolder, log, inBackground, onFile }: LoadContext,
): Promise<Plan> {
  const progress = createProgress({ everyMs: progressEveryMs, say: (text) => log.info(text) });
  try {
    const plan = await loadRules(sources.rules, {
      allowUnsupported: sources.allowUnsupported,
      onProgress: progress.onProgress,
      packs: { ...packs, uses: sources.packUses },
      ...(onFile === undefined ? {} : { onFile }),
      amend: (files) => amended(files, sources),
      amendedBy: JSON.stringify([sources.crs, sources.exclusions]),
      ...(cacheFolder === undefined ? {} : { cacheFolder }),
      inBackground,
    });
    const { problems } = plan.diagnostics;
    for (const text of shownProblems(problems.filter(isRemarkable).map(describeDiagnostic))) log.warn(text);
    for (const problem of problems) if (!isRemarkable(problem)) log.debug(describeDiagnostic(problem));
    for (const notice of plan.notices) log.info(notice);
    return sources.rules.length === 0 ? plan : requireRules(plan);
  } finally {
    progress.stop();
  }
}
