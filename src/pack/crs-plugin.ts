// Plugins of the OWASP Core Rule Set as packs: a plugin's repository or release → the files of a pack, and the order in which the
// CRS expects them (CRS documentation, "Working with Plugins"). Reads no file.

import { basename } from 'node:path';
import { WafError } from '../base/errors.ts';
import type { RuleFile } from '../seclang/ast.ts';
import { byName } from '../seclang/rule-source.ts';
import { isVersion } from './version-range.ts';

/** A plugin as users name it. */
export interface PluginName {
  readonly name: string;
  readonly version: string;
}

const scheme = 'crs-plugin:';

/** Parses `crs-plugin:NAME@VERSION`. @throws WafError `config.invalid`. */
export function parsePluginName(text: string): PluginName {
  const [, name, version] = /^crs-plugin:([a-z0-9][a-z0-9-]{0,50})@(\S{1,40})$/.exec(text) ?? [];
  if (name !== undefined && version !== undefined && isVersion(version)) return { name, version };
  throw new WafError('config.invalid', `"${text.slice(0, 80)}" is not ${scheme}NAME@VERSION, ${scheme}wordpress@1.2.0`);
}

/** The name of the pack that a plugin becomes. */
export const packNameOf = ({ name }: Pick<PluginName, 'name'>): string => `crs-plugin.${name}`;

/** When files of a plugin run, in order. */
const moments = ['config', 'before', 'after'] as const;

type Moment = (typeof moments)[number];

const momentOf = (path: string): Moment | undefined => moments.find((moment) => path.endsWith(`-${moment}.conf`));

/**
 * The files of the pack made from a plugin: its `plugins` folder, its licence, and a manifest. The same input gives the same
 * output.
 * @param files of the repository or release, with or without a folder around them.
 * @throws WafError `pack.malformed` if it is not a plugin, or has another name.
 */
export function pluginPack(
  files: ReadonlyMap<string, Uint8Array>,
  { name, version }: PluginName,
): ReadonlyMap<string, Uint8Array> {
  const own = withoutFolder(files);
  const kept = [...own].filter(([path]) => /^plugins\/[^/.][^/]*\.(?:conf|data)$|^LICENSE$/.test(path));
  const rules = kept.map(([path]) => path).filter((path) => momentOf(path) !== undefined);
  if (rules.length === 0) {
    throw new WafError(
      'pack.malformed',
      'it is not a plugin of the CRS: it has no plugins/NAME-{config,before,after}.conf',
    );
  }
  const stranger = rules.find((path) => !basename(path).startsWith(`${name}-`));
  if (stranger !== undefined) {
    throw new WafError('pack.malformed', `its file "${stranger}" does not belong to a plugin named ${name}`);
  }
  const manifest = `name: ${packNameOf({ name })}
version: ${version}
kind: crs-plugin
description: Plugin of the OWASP Core Rule Set
files:
${inOrder(rules)
  .map((path) => `  - ${JSON.stringify(path)}\n`)
  .join('')}`;
  return new Map([...kept, ['pack.yaml', Buffer.from(manifest)]]);
}

/** Files in a plugin's `plugins` folder that are left out of its pack, such as Lua programs, which Weir does not run. */
export function leftOutOf(
  files: ReadonlyMap<string, Uint8Array>,
  pack: ReadonlyMap<string, Uint8Array>,
): readonly string[] {
  return [...withoutFolder(files).keys()].filter((path) => path.startsWith('plugins/') && !pack.has(path)).sort(byName);
}

function inOrder(paths: readonly string[]): readonly string[] {
  const place = (path: string): number => moments.indexOf(momentOf(path) as Moment);
  return paths.toSorted((a, b) => place(a) - place(b) || byName(a, b));
}

/** Releases have one folder around all files. */
function withoutFolder(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  const [first = ''] = files.keys();
  const folder = first.slice(0, first.indexOf('/') + 1);
  const isAround = folder !== '' && folder !== 'plugins/' && [...files.keys()].every((path) => path.startsWith(folder));
  return isAround ? new Map([...files].map(([path, bytes]) => [path.slice(folder.length), bytes])) : files;
}

const isCrsFile = (file: string): boolean => /^(?:REQUEST|RESPONSE)-9\d\d-.*\.conf$/.test(basename(file));

/** Whether files are those of a CRS release. */
export function isCrs(files: readonly RuleFile[]): boolean {
  return files.some(({ file }) => basename(file) === 'REQUEST-901-INITIALIZATION.conf');
}

/** The files of a release with those of plugins around its rules: configurations and `before` files first, `after` files last. */
export function withPlugins(release: readonly RuleFile[], plugins: readonly RuleFile[]): readonly RuleFile[] {
  const first = release.findIndex(({ file }) => isCrsFile(file));
  const end = release.findLastIndex(({ file }) => isCrsFile(file)) + 1;
  const of = (moment: Moment): readonly RuleFile[] => plugins.filter(({ file }) => momentOf(file) === moment);
  // What comes before them was generated from settings and modes, and has no place of its own.
  const heads = plugins.filter(({ file }) => momentOf(file) === undefined);
  return [
    ...release.slice(0, first),
    ...heads,
    ...of('config'),
    ...of('before'),
    ...release.slice(first, end),
    ...of('after'),
    ...release.slice(end),
  ];
}
