// The configuration file: YAML → settings, every value checked, every problem told with its place. Knows no command
// line; what follows from settings taken together is checked where they are put together.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { WafError } from '../base/errors.ts';
import { fileProblem } from '../base/file-problem.ts';
import { parseSocketMode } from '../ext-proc/socket-access.ts';
import { type AdminSettings, packFolder, type ServeSettings } from './config.ts';
import type { Environment } from './environment.ts';
import { type ConfigFile, configSchema } from './schema.ts';
import { checkTree, valueAt } from './schema-problems.ts';
import { type ValuePath, YamlSource } from './yaml-source.ts';

/** What a file sets; what it does not mention is absent. Paths are absolute. */
export type FileSettings = Omit<ServeSettings, 'cacheFolder' | 'socket'> & {
  readonly socketMode?: number;
  readonly socketUser?: string;
  readonly socketGroup?: string;
  /** Where compiled patterns are kept; false: nowhere. */
  readonly cache?: string | false;
  /** Trust policy and lock file that packs are held against. */
  readonly trust?: string;
  readonly lock?: string;
};

/**
 * Reads a configuration file. Paths in it are relative to it.
 * @param file its path; errors name it as it is given.
 * @param environment what `${NAME}` in it stands for.
 * @throws WafError `config.invalid` with every problem of the file on a line of its own, `FILE:LINE:COLUMN: …`.
 */
export function loadConfig(file: string, environment: Environment = process.env): FileSettings {
  const source = new YamlSource(file, readText(file), environment);
  const folder = dirname(resolve(file));
  checkAddresses(source, folder);
  checkRules(source, ['rules'], folder);
  const checked = checkTree(source, configSchema);
  source.problems.throwIfAny();
  if (checked === undefined) return {};
  return { ...settingsOf(checked, folder), ...(checked.watch === true ? { watch: [resolve(file)] } : {}) };
}

function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    throw new WafError('config.invalid', `${file} cannot be read: ${fileProblem(error)}`, { cause: error });
  }
}

function settingsOf(file: ConfigFile, folder: string): FileSettings {
  const {
    listen,
    socketMode,
    admin,
    rules,
    detectionOnly,
    logValues,
    auditLog,
    cache,
    trust,
    lock,
    watch: _,
    ...others
  } = file;
  return {
    ...others,
    ...present(
      'listen',
      listen?.map((one) => addressOf(one, folder)),
    ),
    ...present('socketMode', socketMode === undefined ? undefined : parseSocketMode(socketMode)),
    ...present('admin', admin && adminOf(admin, folder)),
    ...present(
      'rules',
      rules?.map((one) => rulesPathOf(one, folder)),
    ),
    ...(detectionOnly === undefined ? {} : { engine: detectionOnly ? 'DetectionOnly' : undefined }),
    ...(logValues === undefined ? {} : { redaction: logValues ? 'full' : 'redacted' }),
    ...present('auditLog', auditLog === undefined ? undefined : resolve(folder, auditLog)),
    ...present('trust', trust === undefined ? undefined : resolve(folder, trust)),
    ...present('lock', lock === undefined ? undefined : resolve(folder, lock)),
    ...present('cache', typeof cache === 'string' ? resolve(folder, cache) : cache),
  };
}

/** A member when it has a value. */
function present<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]: Value });
}

function adminOf(admin: NonNullable<ConfigFile['admin']>, folder: string): AdminSettings {
  const { listen, tokenFile, tls } = admin;
  return {
    listen: addressOf(listen, folder),
    ...present('tokenFile', tokenFile === undefined ? undefined : resolve(folder, tokenFile)),
    ...present('tls', tls && (mapValues(tls, (path) => resolve(folder, path)) as NonNullable<AdminSettings['tls']>)),
  };
}

const mapValues = <Value, Result>(from: Readonly<Record<string, Value>>, change: (value: Value) => Result) =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value)]));

/** An address with the path of a Unix socket made absolute. */
function addressOf(written: string, folder: string): string {
  const [, path] = /^unix:(.+)$/s.exec(written) ?? [];
  return path === undefined ? written : `unix:${resolve(folder, path)}`;
}

/** What stands beside the file goes before what comes with Weir. */
function rulesPathOf(written: string, folder: string): string {
  const path = resolve(folder, written);
  return existsSync(path) ? path : (packFolder(written) ?? path);
}

/** Whatever the tree holds: its problems are told together with those of its form. */
function entriesAt(source: YamlSource, path: ValuePath): readonly unknown[] {
  const value = valueAt(source.tree, path);
  return Array.isArray(value) ? value : [];
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
