// What packs want of the profile that uses them, taken where neither the configuration nor the command line says anything. Opens no pack.

import { WafError } from '../base/errors.ts';
import type { ProfileDefault } from '../base/profile-default.ts';
import { formatDefault } from '../pack/profile-defaults.ts';
import type { Plan } from '../plan/plan.ts';
import { configOf } from './config.ts';
import { type ProfileConfig, runWith, type SaidSettings } from './profiles.ts';

/**
 * The defaults that count beside what is said, each value once.
 * @throws WafError `pack.refused` for two packs that want different values of what nobody says, with both places.
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
        `${one.place}: ${one.pack} wants ${formatDefault(one)} of the profile, and ${first.pack} wants ${formatDefault(first)} (${first.place}): set ${key} in the configuration`,
      );
    }
  }
  return [...counting.values()];
}

/**
 * A profile with what packs want of it. One that is off has none: no pack of it is loaded.
 * @throws as `countingDefaults`; WafError `config.invalid` for bounds that contradict what is said.
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
    const sentence = `profile "${profile.name}", with what ${packs} wants of it: ${(thrown as WafError).message}`;
    throw new WafError('config.invalid', sentence, { cause: thrown });
  }
}

/**
 * The profile of somebody who has no configuration, with what packs among its rules want of it.
 * @param limits that are set all the same.
 * @throws as `withPackDefaults`.
 */
export function defaultProfile(
  { profileDefaults }: Pick<Plan, 'profileDefaults'>,
  limits: Readonly<Record<string, number>> = {},
): ProfileConfig {
  return withPackDefaults(configOf({ limits }).profiles.get('default') as ProfileConfig, profileDefaults);
}

/** The rules as a profile wants them run: the native parts are the same. */
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

/** Paths have two keys at most, and come from the reader of manifests: they are settings of a profile. */
function completed(said: SettingsTree, defaults: readonly ProfileDefault[]): SaidSettings {
  const tree = { ...said };
  for (const { path, value } of defaults) {
    const [key = '', name] = path;
    tree[key] = name === undefined ? value : { ...(tree[key] as object), [name]: value };
  }
  return tree as SaidSettings;
}
