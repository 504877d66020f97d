// Paths in a configuration file: written relative to the file, made absolute here. Knows which keys hold paths, and no YAML.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { packFolder } from './config.ts';
import type { ConfigFile, ProfileFile } from './schema.ts';

/** An object with this member, or without it if it has no value. */
export function present<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]: Value });
}

/** A mapping with the same keys and other values. */
export const mapValues = <Value, Result>(
  from: Readonly<Record<string, Value>>,
  change: (value: Value, key: string) => Result,
): Record<string, Result> => Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value, key)]));

/** An address with the path of a Unix socket made absolute. */
export function addressOf(written: string, folder: string): string {
  const [, path] = /^unix:(.+)$/s.exec(written) ?? [];
  return path === undefined ? written : `unix:${resolve(folder, path)}`;
}

/** The path of rules. A file or folder next to the configuration takes precedence over a pack that comes with Weir. */
export function rulesPathOf(written: string, folder: string): string {
  const path = resolve(folder, written);
  return existsSync(path) ? path : (packFolder(written) ?? path);
}

/** The file in the same form with absolute paths. @param folder what they are relative to. */
export function withAbsolutePaths(file: ConfigFile, folder: string): ConfigFile {
  const path = (written: string): string => resolve(folder, written);
  const { listen, tls, admin, rules, auditLog, trust, lock, cache, profiles } = file;
  return {
    ...file,
    ...present(
      'listen',
      listen?.map((one) => addressOf(one, folder)),
    ),
    ...present('tls', tls && (mapValues(tls, path) as typeof tls)),
    ...present('admin', admin && adminIn(admin, folder)),
    ...present(
      'rules',
      rules?.map((one) => rulesPathOf(one, folder)),
    ),
    ...present('auditLog', auditLog && path(auditLog)),
    ...present('trust', trust && path(trust)),
    ...present('lock', lock && path(lock)),
    ...present('cache', typeof cache === 'string' ? path(cache) : cache),
    ...present('profiles', profiles && mapValues(profiles, (profile) => profileIn(profile, folder))),
  };
}

function adminIn(admin: NonNullable<ConfigFile['admin']>, folder: string): NonNullable<ConfigFile['admin']> {
  const { listen, tokenFile, tls } = admin;
  return {
    listen: addressOf(listen, folder),
    ...present('tokenFile', tokenFile && resolve(folder, tokenFile)),
    ...present('tls', tls && (mapValues(tls, (path) => resolve(folder, path)) as typeof tls)),
  };
}

const profileIn = (profile: ProfileFile, folder: string): ProfileFile => ({
  ...profile,
  ...present(
    'rules',
    profile.rules?.map((one) => rulesPathOf(one, folder)),
  ),
});
