// The profiles for exchanges, and their replacement at run time: all new profiles are loaded first, then put in force together;
// if one does not load, nothing changes.

import { wallClock } from '../base/clock.ts';
import type { MemoryLimits } from '../base/held-memory.ts';
import type { ServeConfig } from '../config/config.ts';
import { exclusionNotices } from '../config/exclusion.ts';
import { holdWindowNotice } from '../config/hold-window.ts';
import type { ProfileConfig } from '../config/profiles.ts';
import { PersistentCollections } from '../evaluate/persistent-collections.ts';
import type { Scanner } from '../matching/scanner.ts';
import type { PlanPack } from '../plan/plan.ts';
import type { PlanHandle } from '../plan/plan-handle.ts';
import type { Opening, Profile } from '../profile/profile.ts';
import { ProfileSelector } from '../profile/select.ts';
import type { ShadowRuns } from '../shadow/shadow-runs.ts';
import { type Redaction, redactionFor } from '../telemetry/redact.ts';
import type { Log } from './logs.ts';
import { type FileListener, RuleSets } from './rule-sets.ts';

/** The parts of a configuration that a reload puts in force; the rest needs a restart. */
export type ProfileSetConfig = Pick<ServeConfig, 'profiles' | 'routes' | 'limits' | 'packs' | 'cacheFolder'>;

/** How often exclusions are checked for those that end soon. */
const noticeEveryMs = 86_400_000;

/** What exchanges of all profiles and generations share. */
interface SharedParts {
  readonly collections: PersistentCollections;
  readonly memoryLimits: MemoryLimits;
  readonly scanner: Scanner | undefined;
  readonly shadows: ShadowRuns | undefined;
  readonly onInForce: NonNullable<SourceOptions['onInForce']>;
}

/** Profiles of one configuration. */
interface ProfileSet {
  readonly generation: number;
  readonly selector: ProfileSelector;
  readonly handles: readonly PlanHandle[];
  readonly config: ProfileSetConfig;
}

/** Options for opening profiles. */
export interface SourceOptions {
  /** Called with each file and folder of rules, before it is opened, even if loading fails. */
  readonly onFile?: FileListener | undefined;
  /** Threads for the scans of all exchanges. */
  readonly scanner?: Scanner | undefined;
  /** Runs candidates; absent: none run. */
  readonly shadows?: ShadowRuns;
  /** Called when profiles were put in force. */
  readonly onInForce?: (generation: number, profiles: Iterable<ProfileConfig>) => void;
}

/** Owns the profiles in force and their rules. */
export class ProfileSource {
  readonly #log: Log;
  readonly #ruleSets: RuleSets;
  /** What all exchanges share does not change after the start. */
  readonly #shared: SharedParts;
  readonly #notices: NodeJS.Timeout;
  #inForce: ProfileSet;
  #isClosed = false;

  private constructor(
    log: Log,
    ruleSets: RuleSets,
    { shared, first }: { readonly shared: SharedParts; readonly first: ProfileSet },
  ) {
    this.#log = log;
    this.#ruleSets = ruleSets;
    this.#shared = shared;
    this.#inForce = first;
    shared.onInForce(first.generation, first.config.profiles.values());
    this.#tellNotices();
    this.#notices = setInterval(() => this.#tellNotices(), noticeEveryMs);
    this.#notices.unref();
  }

  /**
   * Loads the first profiles.
   * @throws the errors of loading rules, WafError `config.invalid` if a profile has no rule.
   */
  static async open(
    config: ProfileSetConfig,
    log: Log,
    { onFile, scanner, shadows, onInForce = () => undefined }: SourceOptions = {},
  ): Promise<ProfileSource> {
    const ruleSets = new RuleSets();
    const { memoryBytesMax, lightExchangeBytes } = config.limits;
    const memoryLimits = { memoryBytesMax, lightExchangeBytes };
    const collections = new PersistentCollections(config.limits);
    const shared = { collections, memoryLimits, scanner, shadows, onInForce };
    const first = await loadSet(config, { log, ruleSets, shared, generation: 1, onFile });
    return new ProfileSource(log, ruleSets, { shared, first });
  }

  /** The profile in force for exchanges that match no route. */
  get profile(): Profile {
    return this.#inForce.selector.default;
  }

  /** The profile of an exchange. @throws like `ProfileSelector.select`. */
  select(opening: Opening): Profile {
    return this.#inForce.selector.select(opening);
  }

  /** The redaction for exchanges of a profile; if it no longer exists, the strictest. */
  redactionOf(profile: string): Redaction {
    return redactionFor(this.#inForce.config.profiles.get(profile)?.logValues ?? false);
  }

  /** The packs of a profile's rules; none if other rules are in force by now. */
  packsOf(profile: string, generation: number): readonly PlanPack[] {
    if (generation !== this.generation) return [];
    return this.#inForce.selector.byName(profile)?.plans.plan.packs ?? [];
  }

  /** Packs of each profile. */
  get profilePacks(): readonly { readonly profile: string; readonly pack: PlanPack }[] {
    const { config, selector } = this.#inForce;
    return [...config.profiles.keys()].flatMap((profile) =>
      (selector.byName(profile)?.plans.plan.packs ?? []).map((pack) => ({ profile, pack })),
    );
  }

  /** The same by the names of profiles. */
  get packsByProfile(): Readonly<Record<string, readonly PlanPack[]>> {
    const byName = Map.groupBy(this.profilePacks, ({ profile }) => profile);
    return Object.fromEntries([...byName].map(([name, all]) => [name, all.map(({ pack }) => pack)]));
  }

  /** Packs of all profiles, each once. */
  get packs(): readonly PlanPack[] {
    const all = this.#inForce.handles.flatMap(({ plan }) => plan.packs);
    return [...new Map(all.map((pack) => [JSON.stringify(pack), pack])).values()];
  }

  /** Generation of the configuration in force; 1 for the first. */
  get generation(): number {
    return this.#inForce.generation;
  }

  /** Rule sets in memory: those in force, and replaced ones that exchanges still use. */
  get openPlans(): number {
    return this.#ruleSets.openCount;
  }

  /** Rules of the default profile, chains counted once. */
  get ruleCount(): number {
    return this.profile.plans.plan.diagnostics.loadedCount;
  }

  /**
   * Loads all profiles of a configuration, then puts them and its routes in force for new exchanges. Runs in the background, so
   * that open exchanges continue. One call at a time.
   * @throws like `open`; the previous profiles then stay in force.
   */
  async replace(config: ProfileSetConfig, onFile?: FileListener): Promise<void> {
    const fresh = await loadSet(config, {
      log: this.#log,
      ruleSets: this.#ruleSets,
      shared: this.#shared,
      generation: this.generation + 1,
      onFile,
    });
    if (this.#isClosed) {
      closeAll(fresh);
      return;
    }
    const before = this.#inForce;
    this.#inForce = fresh;
    this.#shared.onInForce(fresh.generation, fresh.config.profiles.values());
    closeAll(before);
    this.#tellNotices();
  }

  /** Frees the rules when the last exchange has ended. Idempotent. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#notices);
    closeAll(this.#inForce);
  }

  #tellNotices(): void {
    const { profiles } = this.#inForce.config;
    const exclusions = [...profiles.values()].flatMap((profile) => profile.exclusions);
    for (const text of new Set(exclusionNotices(exclusions, wallClock()))) this.#log.warn(text);
    for (const text of new Set([...profiles.values()].map(({ limits }) => holdWindowNotice(limits)))) {
      if (text !== undefined) this.#log.warn(text);
    }
  }
}

function closeAll({ handles }: ProfileSet): void {
  for (const handle of handles) handle.close();
}

interface SetContext {
  readonly log: Log;
  readonly ruleSets: RuleSets;
  readonly shared: SharedParts;
  readonly generation: number;
  readonly onFile: FileListener | undefined;
}

async function loadSet(config: ProfileSetConfig, context: SetContext): Promise<ProfileSet> {
  const { log, ruleSets, shared, generation, onFile } = context;
  const inBackground = generation > 1;
  const { routes, packs, cacheFolder } = config;
  const source = { packs, cacheFolder, log, inBackground, onFile };
  const loaded = await ruleSets.load(config.profiles.values(), generation, source);
  const handles = [...loaded.values()].map(({ plans }) => plans);
  const { collections, memoryLimits, scanner, shadows } = shared;
  const made = [...loaded].map(([name, { profile, plans }]): readonly [string, Profile] => {
    const limits = { ...profile.limits, ...memoryLimits };
    return [name, { name, plans, limits, failurePolicy: profile.failurePolicy, collections, scanner }];
  });
  const profiles = new Map([...loaded].map(([name, { profile }]) => [name, profile]));
  try {
    const selectable = withShadows(new Map(made), profiles, shadows);
    return { generation, selector: new ProfileSelector(selectable, routes), handles, config: { ...config, profiles } };
  } catch (error) {
    for (const handle of handles) handle.close();
    throw error;
  }
}

/** The profiles, each with its candidate. */
function withShadows(
  profiles: ReadonlyMap<string, Profile>,
  configs: ReadonlyMap<string, ProfileConfig>,
  shadows: ShadowRuns | undefined,
): ReadonlyMap<string, Profile> {
  if (shadows === undefined) return profiles;
  return new Map(
    [...profiles].map(([name, profile]) => {
      const wanted = configs.get(name)?.shadow;
      const candidate = wanted && profiles.get(wanted.profile);
      if (wanted === undefined || candidate === undefined) return [name, profile];
      const { percent } = wanted;
      return [name, { ...profile, shadow: shadows.shadowOf({ profile: name, candidate, percent }) }];
    }),
  );
}
