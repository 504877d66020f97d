// Profiles of a configuration: their own settings, those they inherit from the profile they extend, and those that all of them
// take from the top of the file and the command line. Knows no file.

import { WafError } from '../base/errors.ts';
import { type Limits, limitsWith } from '../base/limits.ts';
import { processLimits } from '../base/process-limits.ts';
import { type FailurePolicy, failurePolicyWith } from '../decision/failure-mode.ts';
import type { PackUse } from '../pack/pack-use.ts';
import type { EngineMode } from '../plan/settings.ts';
import type { Exclusion } from './exclusion.ts';

/**
 * `block`: rules act. `detect`: what would be blocked is reported. `off`: no rule runs, and all bytes are counted as uninspected.
 */
export type ProfileMode = 'block' | 'detect' | 'off';

/** The modes by name. */
export const profileModes: readonly ProfileMode[] = ['off', 'detect', 'block'];

/**
 * The settings of one profile. What is absent comes from the profile it extends, else from the top of the file, else from the
 * default.
 */
export interface ProfileSettings {
  readonly extends?: string;
  /** Packs, files or folders, in order. */
  readonly rules?: readonly string[];
  /** Absent everywhere: as the rules' SecRuleEngine says. */
  readonly mode?: ProfileMode;
  readonly allowUnsupported?: boolean;
  /** Settings of the CRS by its own names, each as the text that `setvar` sets. */
  readonly crs?: Readonly<Record<string, string>>;
  /** How packs among the rules run; these entries come before inherited ones. */
  readonly packUses?: readonly PackUse[];
  /** Limits by name. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Actions by cause. */
  readonly onFailure?: Readonly<Record<string, string>>;
  readonly responses?: ResponseSettings;
  /** As in the file. */
  readonly logValues?: boolean | 'without-email';
  /** The candidate that runs alongside it. Not inherited, because a candidate usually extends the profile it is compared with. */
  readonly shadow?: ShadowSettings;
  /** In addition to inherited ones. */
  readonly exclusions?: readonly Exclusion[];
}

/** Which response bodies are inspected. Absent: as the rules' SecResponseBodyAccess and SecResponseBodyMimeType say. */
export interface ResponseSettings {
  readonly inspect?: boolean;
  /** In lower case. */
  readonly mediaTypes?: readonly string[];
}

/** A candidate for a profile. */
export interface ShadowSettings {
  /** Name of the profile that is tried out. */
  readonly profile: string;
  /** Percentage of exchanges that it sees, above 0 and up to 100. */
  readonly percent: number;
}

/** A profile with all its settings resolved. */
export interface ProfileConfig {
  readonly name: string;
  readonly rules: readonly string[];
  /** Overrides the rules' SecRuleEngine; undefined: that applies. */
  readonly engine: EngineMode | undefined;
  readonly allowUnsupported: boolean;
  readonly crs: Readonly<Record<string, string>>;
  /** The first entry that matches a pack and has a value applies. */
  readonly packUses: readonly PackUse[];
  readonly limits: Limits;
  readonly failurePolicy: FailurePolicy;
  readonly responses: ResponseSettings;
  /** Values of requests and responses are logged, not only their lengths: all but secrets, or without e-mail addresses too. */
  readonly logValues: boolean | 'without-email';
  readonly shadow: ShadowSettings | undefined;
  readonly exclusions: readonly Exclusion[];
  /** Settings that packs have defaults for and that somebody set, which therefore apply. */
  readonly said: SaidSettings;
}

/** Settings that packs have defaults for, as set by the configuration and the command line. */
export type SaidSettings = Pick<ProfileSettings, 'mode' | 'limits' | 'onFailure' | 'responses'>;

/** What profiles are built from. */
export interface ProfileSources {
  /** The top of the file: settings of every profile that does not set its own. */
  readonly base: ProfileSettings & { readonly rules: readonly string[] };
  readonly profiles: Readonly<Record<string, ProfileSettings>>;
  /** The command line: overrides every profile. */
  readonly override: ProfileSettings;
}

const engines: Readonly<Record<ProfileMode, EngineMode>> = { off: 'Off', detect: 'DetectionOnly', block: 'On' };

/**
 * All profiles by name, including `default`.
 * @throws WafError `config.invalid` for a profile that extends itself or one that does not exist, and for limits that contradict
 * each other.
 */
export function profilesOf({ base, profiles, override }: ProfileSources): ReadonlyMap<string, ProfileConfig> {
  const named: Readonly<Record<string, ProfileSettings>> = { ...profiles, default: profiles.default ?? {} };
  return new Map(
    Object.keys(named).map((name) => {
      const own = lineOf(name, named)
        .toReversed()
        .map((one) => named[one] ?? {});
      for (const one of own) refuseProcessLimits(name, one.limits);
      const { shadow } = named[name] ?? {};
      return [name, { ...profileOf(name, [base, ...own, narrowed(override, own)], base.rules), shadow }];
    }),
  );
}

/**
 * A profile and those that it extends, the nearest first.
 * @throws WafError `config.invalid` with a sentence for the author of the file.
 */
export function lineOf(
  name: string,
  profiles: Readonly<Record<string, Pick<ProfileSettings, 'extends'>>>,
): readonly string[] {
  const line = [name];
  for (let next = profiles[name]?.extends; next !== undefined; next = profiles[next]?.extends) {
    if (next !== 'default' && !Object.hasOwn(profiles, next)) {
      throw new WafError('config.invalid', `there is no profile "${next}" to extend`);
    }
    if (line.includes(next)) {
      throw new WafError('config.invalid', `profiles extend each other in a circle: ${[...line, next].join(' → ')}`);
    }
    line.push(next);
  }
  return line;
}

/** `--detection-only` does not turn on a profile that is off. */
function narrowed(override: ProfileSettings, own: readonly ProfileSettings[]): ProfileSettings {
  const isOff = own.findLast(({ mode }) => mode !== undefined)?.mode === 'off';
  if (!isOff || override.mode !== 'detect') return override;
  const { mode: _, ...others } = override;
  return others;
}

function profileOf(
  name: string,
  all: readonly ProfileSettings[],
  rules: readonly string[],
): Omit<ProfileConfig, 'shadow'> {
  const last = <Value>(pick: (one: ProfileSettings) => Value | undefined): Value | undefined =>
    all.map(pick).findLast((value) => value !== undefined);
  const merged = <Value>(
    pick: (one: ProfileSettings) => Readonly<Record<string, Value>> | undefined,
  ): Readonly<Record<string, Value>> => Object.assign({}, ...all.map(pick));
  const mode = last((one) => one.mode);
  const said: SaidSettings = {
    ...(mode === undefined ? {} : { mode }),
    limits: merged((one) => one.limits),
    onFailure: merged((one) => one.onFailure),
    responses: Object.assign({}, ...all.map((one) => one.responses)) as ResponseSettings,
  };
  return {
    name,
    rules: last((one) => one.rules) ?? rules,
    ...runWith(said),
    said,
    allowUnsupported: last((one) => one.allowUnsupported) ?? false,
    crs: merged((one) => one.crs),
    packUses: packUsesOf(all),
    logValues: last((one) => one.logValues) ?? false,
    exclusions: all.flatMap((one) => one.exclusions ?? []),
  };
}

/** The resolved settings of exchanges. @throws WafError `config.invalid` for limits that contradict each other. */
export function runWith({
  mode,
  limits = {},
  onFailure = {},
  responses = {},
}: SaidSettings): Pick<ProfileConfig, 'engine' | 'limits' | 'failurePolicy' | 'responses'> {
  return {
    engine: mode === undefined ? undefined : engines[mode],
    limits: limitsWith(limits),
    failurePolicy: failurePolicyWith(onFailure),
    responses,
  };
}

/** The nearest first. Entries set above the settings that choose the rules need not match one of the packs. */
function packUsesOf(all: readonly ProfileSettings[]): readonly PackUse[] {
  const chosen = all.findLastIndex(({ rules }) => rules !== undefined);
  return all
    .map(({ packUses = [] }, index) =>
      packUses.map((use): PackUse => (index < chosen ? { ...use, isInherited: true } : use)),
    )
    .reverse()
    .flat();
}

function refuseProcessLimits(name: string, limits: ProfileSettings['limits'] = {}): void {
  const found = Object.keys(limits).find((limit) => processLimits.some((one) => one === limit));
  if (found === undefined) return;
  throw new WafError('config.invalid', `profile "${name}": ${processLimitSentence(found)}`);
}

/** The message for a profile that sets a limit of the process. */
const processLimitSentence = (limit: string): string =>
  `${limit} is a limit of the whole process: set it under limits at the top of the file`;
