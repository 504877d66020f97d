// The configuration file: YAML → settings, every value checked, every problem told with its place. Knows no command
// line; what follows from settings taken together is checked where they are put together.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { WafError } from '../base/errors.ts';
import { limitTable } from '../base/limits.ts';
import { failureActions, failureCauses } from '../decision/failure-mode.ts';
import { parseListenAddress } from '../ext-proc/listen-address.ts';
import { parseSocketMode } from '../ext-proc/socket-access.ts';
import { logLevels } from '../telemetry/log.ts';
import type { ConfigNode } from '../yaml/config-node.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { ServeSettings } from './config.ts';

/** What a file sets; what it does not mention is absent. Paths are absolute. */
export type FileSettings = Omit<ServeSettings, 'cacheFolder' | 'socket'> & {
  readonly socketMode?: number;
  readonly socketUser?: string;
  readonly socketGroup?: string;
  /** Where compiled patterns are kept; false: nowhere. */
  readonly cache?: string | false;
};

/** One key of the file. `folder` is what paths are relative to. */
type Reader = (value: ConfigNode, folder: string) => FileSettings;

const readers: Readonly<Record<string, Reader>> = {
  listen: (value, folder) => ({ listen: readAddresses(value, folder) }),
  socketMode: (value) => present('socketMode', modeOf(value)),
  socketUser: (value) => present('socketUser', value.text()),
  socketGroup: (value) => present('socketGroup', value.text()),
  rules: (value, folder) => ({ rules: readRules(value, folder) }),
  detectionOnly: (value) => ({ engine: value.flag() === true ? 'DetectionOnly' : undefined }),
  allowUnsupported: (value) => ({ allowUnsupported: value.flag() === true }),
  auditLog: (value, folder) => ({ auditLog: pathOf(value, folder) }),
  logLevel: (value) => present('logLevel', value.choice(logLevels)),
  logValues: (value) => ({ redaction: value.flag() === true ? 'full' : 'redacted' }),
  cache: (value, folder) => (value.isFalse ? { cache: false } : present('cache', pathOf(value, folder))),
  onFailure: (value) => ({ onFailure: readMap(value, failureCauses, (action) => action.choice(failureActions)) }),
  limits: (value) => ({ limits: readMap(value, Object.keys(limitTable), (number) => number.positiveNumber()) }),
};

/** Keys that a file may have. */
export const configKeys: readonly string[] = Object.keys(readers);

/**
 * Reads a configuration file. Paths in it are relative to it.
 * @param file its path; errors name it as it is given.
 * @throws WafError `config.invalid` with every problem of the file on a line of its own, `FILE:LINE:COLUMN: …`.
 */
export function loadConfig(file: string): FileSettings {
  const { root, problems } = readYaml(readText(file), { file, aliases: true });
  const folder = dirname(resolve(file));
  let settings: FileSettings = {};
  if (!root.isEmpty) {
    for (const [key, value] of root.members(configKeys)) settings = { ...settings, ...readers[key]?.(value, folder) };
  }
  problems.throwIfAny();
  return settings;
}

function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'no such file',
      EISDIR: 'it is a folder',
      ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8',
    };
    throw new WafError('config.invalid', `${file} cannot be read: ${reasons[code] ?? String(error)}`, { cause: error });
  }
}

/** A member when it has a value. */
function present<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]: Value });
}

function pathOf(value: ConfigNode, folder: string): string | undefined {
  const path = value.text();
  return path === undefined ? undefined : resolve(folder, path);
}

function modeOf(value: ConfigNode): number | undefined {
  const text = value.text();
  if (text === undefined) return undefined;
  try {
    return parseSocketMode(text);
  } catch (error) {
    value.refuse((error as Error).message);
    return undefined;
  }
}

function readRules(value: ConfigNode, folder: string): readonly string[] {
  return value.entries().flatMap((entry) => {
    const path = pathOf(entry, folder);
    if (path === undefined) return [];
    if (!existsSync(path)) entry.refuse(`${path}: no such file or folder`);
    return [path];
  });
}

function readAddresses(value: ConfigNode, folder: string): readonly string[] {
  const addresses: string[] = [];
  for (const entry of value.entries()) {
    const written = entry.text();
    if (written === undefined) continue;
    const [, path] = /^unix:(.+)$/s.exec(written) ?? [];
    const address = path === undefined ? written : `unix:${resolve(folder, path)}`;
    try {
      parseListenAddress(address);
    } catch (error) {
      if (!(error instanceof WafError) || error.code !== 'config.invalid') throw error;
      entry.refuse(error.message);
    }
    if (addresses.includes(address) && !address.endsWith(':0')) entry.refuse(`${address} is given twice`);
    addresses.push(address);
  }
  return addresses;
}

function readMap<Value>(
  value: ConfigNode,
  names: readonly string[],
  read: (member: ConfigNode) => Value | undefined,
): Record<string, Value> {
  const entries = [...value.members(names)].map(([name, member]) => [name, read(member)] as const);
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, Value] => entry[1] !== undefined));
}
