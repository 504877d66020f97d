// The configuration file: YAML → settings. Checks every value and reports every problem with its place. Knows no command line;
// relations between settings are checked where settings are combined.

import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { foldAscii } from '../base/bytes.ts';
import { WafError } from '../base/errors.ts';
import { fileProblem } from '../base/file-problem.ts';
import { readInputFile } from '../base/input-file.ts';
import { limitsWith } from '../base/limits.ts';
import { unknownName } from '../base/unknown-name.ts';
import { parseSocketMode } from '../ext-proc/socket-access.ts';
import type { PathMatch } from '../profile/route-match.ts';
import type { ProfileRoute } from '../profile/select.ts';
import { redactionFor } from '../telemetry/redact.ts';
import type { ServeSettings } from './config.ts';
import { crsNameProblem, crsText } from './crs-settings.ts';
import type { Environment } from './environment.ts';
import type { Exclusion } from './exclusion.ts';
import { addressOf, mapValues, present, rulesPathOf, withAbsolutePaths } from './file-paths.ts';
import { packUsesOf } from './pack-uses.ts';
import { lineOf, type ProfileSettings } from './profiles.ts';
import { type ConfigFile, configSchema, type ProfileFile } from './schema.ts';
import { checkTree, valueAt } from './schema-problems.ts';
import { type ValuePath, YamlSource } from './yaml-source.ts';

/** What a file sets; absent: not set. Paths are absolute. */
export type FileSettings = Omit<ServeSettings, 'cacheFolder' | 'socket'> & {
  readonly socketMode?: number;
  readonly socketUser?: string;
  readonly socketGroup?: string;
  /** Where compiled patterns are cached; false: nowhere. */
  readonly cache?: string | false;
  /** Trust policy and lock file that packs are checked against. */
  readonly trust?: string;
  readonly lock?: string;
};

/**
 * Reads a configuration file. Paths in it are relative to it.
 * @param file its path; errors name it as given.
 * @param environment the variables that `${NAME}` can refer to.
 * @throws WafError `config.invalid` with every problem of the file on its own line, `FILE:LINE:COLUMN: …`.
 */
export function loadConfig(file: string, environment: Environment = process.env): FileSettings {
  const { source, checked } = readConfig(file, environment);
  return { ...settingsOf(checked, source), ...(checked.watch === true ? { watch: [resolve(file)] } : {}) };
}

/** A file that was read and checked, in its own form. Paths are absolute. */
export interface CheckedConfig {
  /** Knows the places of values. */
  readonly source: YamlSource;
  readonly checked: ConfigFile;
}

/** Reads a configuration file and keeps its form. @throws like `loadConfig`. */
export function readConfig(file: string, environment: Environment = process.env): CheckedConfig {
  const source = new YamlSource(file, readText(file), environment);
  const folder = dirname(resolve(file));
  checkAddresses(source, folder);
  checkRules(source, ['rules'], folder);
  for (const name of profileNames(source)) checkRules(source, ['profiles', name, 'rules'], folder);
  checkProfiles(source);
  const checked = checkTree(source, configSchema);
  if (checked !== undefined) checkRelations(source, checked);
  source.problems.throwIfAny();
  return { source, checked: withAbsolutePaths(checked ?? {}, folder) };
}

function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readInputFile(file));
  } catch (error) {
    throw new WafError('config.invalid', `${file} cannot be read: ${fileProblem(error)}`, { cause: error });
  }
}

function settingsOf(file: ConfigFile, source: YamlSource): FileSettings {
  const { socketMode, detectionOnly, logValues, profiles, routes, exclusions, packs, watch: _, ...others } = file;
  return {
    ...others,
    ...present('profiles', profiles && mapValues(profiles, (one, name) => profileOf(one, name, source))),
    ...present('routes', routes?.map(routeOf)),
    ...present('exclusions', exclusions && exclusionsOf(exclusions, ['exclusions'], source)),
    ...present('packUses', packs && packUsesOf(packs, ['packs'], source)),
    ...present('socketMode', socketMode === undefined ? undefined : parseSocketMode(socketMode)),
    ...(detectionOnly === undefined ? {} : { engine: detectionOnly ? 'DetectionOnly' : undefined }),
    ...(logValues === undefined ? {} : { redaction: redactionFor(logValues) }),
  };
}

function profileOf(profile: ProfileFile, name: string, source: YamlSource): ProfileSettings {
  const { crs, exclusions, packs, responses, ...others } = profile;
  return {
    ...others,
    ...present('crs', crs && mapValues(crs, (value, key) => crsText(key, value))),
    ...present(
      'responses',
      responses && { ...responses, ...present('mediaTypes', responses.mediaTypes?.map(foldAscii)) },
    ),
    ...present('exclusions', exclusions && exclusionsOf(exclusions, ['profiles', name, 'exclusions'], source)),
    ...present('packUses', packs && packUsesOf(packs, ['profiles', name, 'packs'], source)),
  };
}

function routeOf({ match, profile }: NonNullable<ConfigFile['routes']>[number]): ProfileRoute {
  const { host, path, method, routeName, clusterName } = match;
  return {
    profile,
    match: {
      ...present('hosts', listOf(host)),
      ...present('path', path && pathOf(path)),
      ...present('methods', listOf(method)),
      ...present('routeNames', listOf(routeName)),
      ...present('clusterNames', listOf(clusterName)),
    },
  };
}

/** Paths are compared with the bytes of the request, so they are encoded as UTF-8 bytes. */
const pathOf = (path: object): PathMatch =>
  mapValues(path as Record<string, string>, (text) => Buffer.from(text, 'utf8').toString('latin1')) as PathMatch;

const listOf = (value: string | readonly string[] | undefined): readonly string[] | undefined =>
  typeof value === 'string' ? [value] : value;

function exclusionsOf(
  exclusions: NonNullable<ConfigFile['exclusions']>,
  at: ValuePath,
  source: YamlSource,
): readonly Exclusion[] {
  return exclusions.map(({ rules, at: place = {}, ...said }, index) => {
    const written = rules.map(String);
    return {
      ...said,
      ids: written.filter((one) => !one.startsWith('tag:')),
      tags: written.filter((one) => one.startsWith('tag:')).map((one) => one.slice('tag:'.length)),
      at: {
        ...present('hosts', listOf(place.host)),
        ...present('path', place.path && pathOf(place.path)),
        ...present('methods', listOf(place.method)),
        ...present('sources', listOf(place.source)),
        ...present('fields', listOf(place.field)),
      },
      location: source.locationOf([...at, index]),
    };
  });
}

/** Works on the unchecked tree, so that these problems are reported together with those of the schema. */
function entriesAt(source: YamlSource, path: ValuePath): readonly unknown[] {
  const value = valueAt(source.tree, path);
  return Array.isArray(value) ? value : [];
}

/** Names of the profiles in the file, valid or not. */
function profileNames(source: YamlSource): readonly string[] {
  const value = valueAt(source.tree, ['profiles']);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

/** Finds profiles that are named but do not exist or that extend themselves, and unknown CRS settings. */
function checkProfiles(source: YamlSource): void {
  const names = [...new Set([...profileNames(source), 'default'])];
  const profiles: Record<string, { readonly extends?: string }> = {};
  for (const name of names) {
    const base = valueAt(source.tree, ['profiles', name, 'extends']);
    profiles[name] = typeof base === 'string' ? { extends: base } : {};
  }
  const checkName = (path: ValuePath): void => {
    const name = valueAt(source.tree, path);
    if (typeof name === 'string' && !names.includes(name))
      source.refuse(path, unknownName(name, names, { kind: 'profile' }));
  };
  for (const name of names) {
    checkName(['profiles', name, 'extends']);
    const crs = valueAt(source.tree, ['profiles', name, 'crs']);
    for (const [key, value] of typeof crs === 'object' && crs !== null ? Object.entries(crs) : []) {
      checkCrs(source, ['profiles', name, 'crs', key], value);
    }
    refusing(source, ['profiles', name, 'extends'], () => lineOf(name, profiles), /in a circle/);
    const candidate: ValuePath = ['profiles', name, 'shadow', 'profile'];
    checkName(candidate);
    if (valueAt(source.tree, candidate) === name) source.refuse(candidate, 'a profile cannot be its own candidate');
  }
  for (const index of entriesAt(source, ['routes']).keys()) checkName(['routes', index, 'profile']);
}

function checkCrs(source: YamlSource, path: ValuePath, value: unknown): void {
  const name = String(path.at(-1));
  const problem = crsNameProblem(name);
  if (problem !== undefined) source.refuseKey(path, problem);
  else if (Array.isArray(value) || ['string', 'number', 'boolean'].includes(typeof value)) {
    refusing(source, path, () => crsText(name, value as string));
  }
}

/** Finds limits that contradict each other. */
function checkRelations(source: YamlSource, { limits = {}, profiles = {} }: ConfigFile): void {
  refusing(source, ['limits'], () => limitsWith(limits));
  if (source.problems.areThere) return;
  for (const [name, profile] of Object.entries(profiles)) {
    const line = lineOf(name, profiles).map((one) => profiles[one]?.limits);
    const merged = Object.assign({}, limits, ...line.reverse()) as Record<string, number>;
    if (profile.limits !== undefined) refusing(source, ['profiles', name, 'limits'], () => limitsWith(merged));
  }
}

/** Records an error thrown as `config.invalid` as a problem of the file, if it matches `about`. */
function refusing(source: YamlSource, path: ValuePath, check: () => unknown, about = /^/): void {
  try {
    check();
  } catch (thrown) {
    if (!(thrown instanceof WafError) || thrown.code !== 'config.invalid') throw thrown;
    if (about.test(thrown.message)) source.refuse(path, thrown.message);
  }
}

function checkAddresses(source: YamlSource, folder: string): void {
  const seen = new Set<string>();
  entriesAt(source, ['listen']).forEach((entry, index) => {
    if (typeof entry !== 'string') return;
    const address = addressOf(entry, folder);
    if (seen.has(address) && !address.endsWith(':0')) source.refuse(['listen', index], `${address} is given twice`);
    seen.add(address);
  });
}

function checkRules(source: YamlSource, at: ValuePath, folder: string): void {
  entriesAt(source, at).forEach((entry, index) => {
    if (typeof entry !== 'string' || entry === '') return;
    const path = rulesPathOf(entry, folder);
    if (!existsSync(path)) source.refuse([...at, index], `${path}: no such file or folder`);
  });
}
