// Defaults that packs set for the profile that uses them. They apply where neither the configuration nor the command line sets a
// value. Opens no pack.

import { WafError } from '../base/errors.ts';
import type { ProfileDefault } from '../base/profile-default.ts';
import { formatDefault } from '../pack/profile-defaults.ts';
import type { Plan } from '../plan/plan.ts';
import { configOf } from './config.ts';
import { type ProfileConfig, runWith, type SaidSettings } from './profiles.ts';

/**
 * The defaults that apply, each value once.
 * @throws WafError `pack.refused` for two packs with different defaults for something that nobody sets, with both places.
 */
export function countingDefaults(
  defaults: readonly ProfileDefault[],
  isSaid: (path: readonly string[]) => boolean,
): readonly ProfileDefault[] {
  const counting = new Map<string, ProfileDefault>();
  for (const one of defaults) {
    if (isSaid(one.path)) continue;
    const key = one.path.join('.');
    const first = counting.get(key);
    if (first === undefined) counting.set(key, one);
    else if (formatDefault(first) !== formatDefault(one)) {
      throw new WafError(
        'pack.refused',
        `${one.place}: ${one.pack} sets ${formatDefault(one)} for the profile, and ${first.pack} sets ${formatDefault(first)} (${first.place}): set ${key} in the configuration`,
      );
    }
  }
  return [...counting.values()];
}

/**
 * A profile with the defaults of its packs. A profile that is off gets none, because its packs are not loaded.
 * @throws like `countingDefaults`; WafError `config.invalid` for limits that contradict each other.
 */
export function withPackDefaults(profile: ProfileConfig, defaults: readonly ProfileDefault[]): ProfileConfig {
  const said: SettingsTree = { ...profile.said };
  const counting = countingDefaults(defaults, ([key = '', name]) =>
    name === undefined ? said[key] !== undefined : Object.hasOwn((said[key] ?? {}) as object, name),
  );
  if (counting.length === 0) return profile;
  try {
    return { ...profile, ...runWith(completed(said, counting)) };
  } catch (thrown) {
    const packs = [...new Set(counting.map(({ pack }) => pack))].join(', ');
    const sentence = `profile "${profile.name}", with the defaults of ${packs}: ${(thrown as WafError).message}`;
    throw new WafError('config.invalid', sentence, { cause: thrown });
  }
}

/**
 * The profile used when there is no configuration, with the defaults of the packs among its rules.
 * @param limits that are set nevertheless.
 * @throws like `withPackDefaults`.
 */
export function defaultProfile(
  { profileDefaults }: Pick<Plan, 'profileDefaults'>,
  limits: Readonly<Record<string, number>> = {},
): ProfileConfig {
  return withPackDefaults(configOf({ limits }).profiles.get('default') as ProfileConfig, profileDefaults);
}

/** The rules with the settings of a profile; the native parts are shared. */
export function asProfileWants(
  plan: Plan,
  { engine, responses: { inspect, mediaTypes } }: Pick<ProfileConfig, 'engine' | 'responses'>,
): Plan {
  return {
    ...plan,
    settings: {
      ...plan.settings,
      ...(engine === undefined ? {} : { engine }),
      ...(inspect === undefined ? {} : { responseBodyAccess: inspect }),
      ...(mediaTypes === undefined ? {} : { responseMediaTypes: new Set(mediaTypes) }),
    },
  };
}

type SettingsTree = Record<string, unknown>;

/** The manifest reader gives paths of at most two keys, all of them settings of a profile. */
function completed(said: SettingsTree, defaults: readonly ProfileDefault[]): SaidSettings {
  const tree = { ...said };
  for (const { path, value } of defaults) {
    const [key = '', name] = path;
    tree[key] = name === undefined ? value : { ...(tree[key] as object), [name]: value };
  }
  return tree as SaidSettings;
}
