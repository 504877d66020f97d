// The effective configuration in the file's own form, with the origin of each value: a flag, the file, the environment, or the
// default. Knows no command line, and nothing about how it is printed.

import { failureTable } from '../base/failure-table.ts';
import { limitTable } from '../base/limits.ts';
import { processLimits } from '../base/process-limits.ts';
import type { ProfileDefault } from '../base/profile-default.ts';
import { defaultCacheFolder } from '../compile/cache-folder.ts';
import { defaultTransport } from '../ext-proc/transports.ts';
import { isSecretName } from '../telemetry/secrets.ts';
import { defaultListen, defaultScanThreads, starterPack } from './config.ts';
import type { Environment } from './environment.ts';
import type { CheckedConfig } from './load.ts';
import { countingDefaults } from './pack-defaults.ts';
import { type ProcessCount, processesFor } from './process-count.ts';
import { lineOf } from './profiles.ts';
import { configKeys, type ProfileFile } from './schema.ts';
import type { ValuePath, YamlSource } from './yaml-source.ts';

/** Where a value came from. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'environment'; readonly variables: readonly string[] }
  /** A default of a pack; `pack` is its name and version, `place` is `FILE:LINE:COLUMN`. */
  | { readonly kind: 'pack'; readonly pack: string; readonly place: string }
  | {
      readonly kind: 'file';
      /** `FILE:LINE:COLUMN`. */
      readonly place: string;
      /** Environment variables that contributed to it. */
      readonly variables: readonly string[];
      /** The profile from which it was inherited by `extends`. */
      readonly profile?: string;
    };

/** One value: a scalar, a list of them, or an entry of a list of mappings. */
export interface Setting {
  readonly path: ValuePath;
  readonly value: unknown;
  readonly origin: Origin;
}

/** What a command-line option sets, in the file's form. */
export interface FlagSetting {
  readonly path: ValuePath;
  readonly value: unknown;
  readonly flag: string;
}

/** The sources of a configuration. */
export interface EffectiveSources {
  readonly file: CheckedConfig | undefined;
  readonly flags: readonly FlagSetting[];
  readonly environment: Environment;
  /** Defaults that packs set for profiles, by profile name. */
  readonly packDefaults?: ReadonlyMap<string, readonly ProfileDefault[]>;
}

/** Replaces a value that is not shown. */
export const masked = '***';

const defaultOrigin: Origin = { kind: 'default' };
const profileKeys = ['rules', 'packs', 'allowUnsupported', 'logValues', 'limits', 'onFailure', 'exclusions'];

/**
 * All settings at the top of the file, in the order of its keys, and those of each profile in the file: its own, inherited by
 * `extends`, or given by flags. Written to a file they give the same configuration.
 */
export function effectiveSettings(sources: EffectiveSources): readonly Setting[] {
  const top = topOf(sources);
  const place = (key: ValuePath[number] | undefined): number => configKeys.indexOf(String(key));
  const settings = top.toSorted((a, b) => place(a.path[0]) - place(b.path[0]));
  const wanting = [...(sources.packDefaults ?? [])].flatMap(([name, wanted]) => (wanted.length > 0 ? [name] : []));
  const profiles = [...new Set([...Object.keys(sources.file?.checked.profiles ?? {}), ...wanting])].flatMap((name) => {
    const own = profileLayer(name, sources);
    const inherited = top.filter(({ path }) => path.length === 1);
    return prefixed(['profiles', name], overlaid([packLayer(name, sources), asOfProfile(inherited), own]));
  });
  return [...settings, ...profiles];
}

/** All settings of one profile, including those from the top of the file. @param name of an existing profile. */
export function effectiveProfile(name: string, sources: EffectiveSources): readonly Setting[] {
  return overlaid([asOfProfile(topOf(sources)), packLayer(name, sources), profileLayer(name, sources)]);
}

function topOf({ file, flags, environment }: EffectiveSources): readonly Setting[] {
  const { profiles: _, ...checked } = file?.checked ?? {};
  const written = file === undefined ? [] : settingsIn(checked, file.source, []);
  const given = flags.map(({ path, value, flag }): Setting => ({ path, value, origin: { kind: 'flag', flag } }));
  return overlaid([defaultsIn(environment, [...written, ...given]), written, given]);
}

/** @param said settings that defaults depend on. */
function defaultsIn({ XDG_CACHE_HOME: cacheHome }: Environment, said: readonly Setting[]): readonly Setting[] {
  const processes = said.findLast(({ path }) => path[0] === 'processes')?.value as ProcessCount | undefined;
  const cache = defaultCacheFolder();
  const isFromHome = cacheHome !== undefined && cache.startsWith(`${cacheHome}/`);
  const values: Readonly<Record<string, unknown>> = {
    listen: [defaultListen],
    transport: defaultTransport,
    watch: false,
    processes: 1,
    scanThreads: defaultScanThreads(processesFor(processes ?? 1)),
    rules: [starterPack],
    detectionOnly: false,
    allowUnsupported: false,
    auditFormat: 'own',
    logLevel: 'info',
    logValues: false,
    onFailure: Object.fromEntries(Object.entries(failureTable).map(([cause, { action }]) => [cause, action])),
    limits: Object.fromEntries(Object.entries(limitTable).map(([name, limit]) => [name, limit.default])),
  };
  const origin: Origin = isFromHome ? { kind: 'environment', variables: ['XDG_CACHE_HOME'] } : defaultOrigin;
  return [
    ...leavesOf(values, []).map(([path, value]) => ({ path, value, origin: defaultOrigin })),
    { path: ['cache'], value: cache, origin },
  ];
}

/** What the file and flags set for a profile, including what it inherits. */
function profileLayer(name: string, { file, flags }: EffectiveSources): readonly Setting[] {
  const profiles: Readonly<Record<string, ProfileFile>> = file?.checked.profiles ?? {};
  if (file === undefined || Object.keys(profiles).length === 0) return [];
  const line = lineOf(name, profiles).toReversed();
  const own = line.map((one) => {
    const { extends: _, shadow, ...inherited } = profiles[one] ?? {};
    const said = one === name && shadow !== undefined ? { ...inherited, shadow } : inherited;
    return settingsIn(said, file.source, ['profiles', one]).map((setting) =>
      one === name || setting.origin.kind !== 'file'
        ? setting
        : { ...setting, origin: { ...setting.origin, profile: one } },
    );
  });
  const mode = overlaid(own).find(({ path }) => path[0] === 'mode')?.value;
  const given = flags
    // `mode: off` stays off even with `--detection-only`.
    .filter(({ path }) => path[0] !== 'detectionOnly' || mode !== 'off')
    .map(({ path, value, flag }): Setting => ({ path, value, origin: { kind: 'flag', flag } }));
  return overlaid([...own, asOfProfile(given)]);
}

/** What packs set for a profile where neither the file nor a flag does. */
function packLayer(name: string, sources: EffectiveSources): readonly Setting[] {
  const all = overlaid([asOfProfile(topOf(sources)), profileLayer(name, sources)]);
  const said = new Set(all.filter(({ origin }) => origin.kind !== 'default').map(({ path }) => pointerOf(path)));
  return countingDefaults(sources.packDefaults?.get(name) ?? [], (path) => said.has(pointerOf(path))).map(
    ({ path, value, place, pack }) => ({ path, value, origin: { kind: 'pack', pack, place } }),
  );
}

/** Settings of the top, or of flags, in the form of a profile. */
function asOfProfile(settings: readonly Setting[]): readonly Setting[] {
  return settings.flatMap((setting): readonly Setting[] => {
    const [key, limit] = setting.path;
    if (key === 'detectionOnly') return setting.value === true ? [{ ...setting, path: ['mode'], value: 'detect' }] : [];
    if (key === 'limits' && processLimits.some((name) => name === limit)) return [];
    return profileKeys.includes(String(key)) ? [setting] : [];
  });
}

/**
 * Later layers override earlier ones, value by value. Lists of exclusions, and of packs, are concatenated instead, nearest first,
 * because the first match applies.
 */
function overlaid(layers: readonly (readonly Setting[])[]): readonly Setting[] {
  const isOf = (key: string) => (setting: Setting) => setting.path[0] === key;
  const all = [
    ...layers.flat().filter((one) => !isOf('packs')(one)),
    ...layers.toReversed().flat().filter(isOf('packs')),
  ];
  const lengths = new Map<string, number>();
  const found = new Map<string, Setting>();
  for (const setting of all) {
    const key = String(setting.path[0]);
    const length = lengths.get(key) ?? 0;
    const isListed = key === 'exclusions' || key === 'packs';
    const path = isListed ? [key, length] : setting.path;
    if (isListed) lengths.set(key, length + 1);
    found.set(pointerOf(path), { ...setting, path });
  }
  return [...found.values()];
}

const prefixed = (prefix: ValuePath, settings: readonly Setting[]): readonly Setting[] =>
  settings.map((setting) => ({ ...setting, path: [...prefix, ...setting.path] }));

/** The values of a part of the file, with their places in it. */
function settingsIn(tree: object, source: YamlSource, at: ValuePath): readonly Setting[] {
  return leavesOf(tree, []).map(([path, value]) => {
    const whole = [...at, ...path];
    const variables = variablesIn(value, whole, source);
    const { file, line, column } = source.locationOf(whole);
    const isSecret = variables.some(isSecretName) || (path[0] === 'crs' && isSecretName(String(path[1])));
    return {
      path,
      value: isSecret ? masked : value,
      origin: { kind: 'file', place: `${file}:${line}:${column}`, variables },
    };
  });
}

function variablesIn(value: unknown, path: ValuePath, source: YamlSource): readonly string[] {
  const inside =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, one]) =>
          variablesIn(one, [...path, Array.isArray(value) ? Number(key) : key], source),
        )
      : [];
  return [...new Set([...source.variablesOf(path), ...inside])];
}

/** Scalars, lists of scalars, and entries of lists of mappings, each with its path. */
function leavesOf(value: unknown, path: ValuePath): readonly (readonly [ValuePath, unknown])[] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  if (!Array.isArray(value)) return Object.entries(value).flatMap(([key, one]) => leavesOf(one, [...path, key]));
  if (value.every((one) => typeof one !== 'object')) return [[path, value]];
  return value.map((one, index) => [[...path, index], one] as const);
}

/** The JSON Pointer of a path (RFC 6901). */
export const pointerOf = (path: ValuePath): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
