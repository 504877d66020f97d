// What a path on the command line refers to (a file, a CRS release, a folder of rule files), and which of its files are loaded in
// which order. Knows no rule text and no pack.

import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { WafError } from '../base/errors.ts';
import { isFile, isFolder } from './folder-source.ts';
import { type RuleRoot, rootOf } from './rule-file.ts';
import { byName } from './rule-source.ts';

/** Rule files in the order of evaluation, their root, and notices for the user. */
export interface Layout {
  readonly root: RuleRoot;
  readonly files: readonly string[];
  readonly notices: readonly string[];
}

/**
 * Examines a path that is not a pack: a rule file; a folder that contains a `rules` folder, such as a CRS release (its
 * `crs-setup.conf`, or with a notice `crs-setup.conf.example`, comes first, and the files of its `plugins` folder before and
 * after the rules); or any other folder, whose `*.conf` files are read in order of name.
 * @throws WafError `config.invalid` for a path that is none of these.
 */
export function layoutOf(name: string): Layout {
  if (isFile(name)) return { root: rootOf(name), files: [name], notices: [] };
  if (!isFolder(name)) throw new WafError('config.invalid', `rules "${name}": no such file or folder`);
  const root = rootOf(name);
  if (isFolder(path.join(name, 'rules'))) return { root, ...releaseFiles(name) };
  return { root, files: confFiles(name), notices: [] };
}

/** A CRS release: set-up, then its plugins around the rules, in the order that CRS's own set-up includes them. */
function releaseFiles(folder: string): Pick<Layout, 'files' | 'notices'> {
  const setup = setupFiles(folder);
  const plugins = pluginFiles(path.join(folder, 'plugins'));
  const count = Object.values(plugins).flat().length;
  const notice = `${count} files of ${path.join(folder, 'plugins')} are loaded: configurations and *-before.conf before the rules, *-after.conf after them`;
  return {
    files: [
      ...setup.files,
      ...plugins.config,
      ...plugins.before,
      ...confFiles(path.join(folder, 'rules')),
      ...plugins.after,
    ],
    notices: [...setup.notices, ...(count === 0 ? [] : [notice])],
  };
}

/**
 * The set-up file of a CRS folder. Without one the CRS refuses every request (rule 901001), so the example that ships with it is
 * used.
 */
function setupFiles(folder: string): Pick<Layout, 'files' | 'notices'> {
  const setup = path.join(folder, 'crs-setup.conf');
  if (isFile(setup)) return { files: [setup], notices: [] };
  const example = `${setup}.example`;
  if (!isFile(example)) return { files: [], notices: [] };
  const notice = `${setup} does not exist: ${example} is used; copy it to change its settings`;
  return { files: [example], notices: [notice] };
}

type PluginFiles = Readonly<Record<'config' | 'before' | 'after', readonly string[]>>;

/** Files of a release's `plugins` folder, by when they run (CRS documentation, "Working with Plugins"). */
function pluginFiles(folder: string): PluginFiles {
  const all = isFolder(folder) ? filesEndingWith(folder, '.conf') : [];
  const ending = (when: string): readonly string[] => all.filter((file) => file.endsWith(`-${when}.conf`));
  return { config: ending('config'), before: ending('before'), after: ending('after') };
}

/** Whether a file belongs to a CRS plugin. Plugins refer to rules that this release or its paranoia level may not have. */
export function isPluginFile(file: string): boolean {
  return path.basename(path.dirname(file)) === 'plugins';
}

function filesEndingWith(folder: string, end: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(end) && !name.startsWith('.'))
    .sort(byName)
    .map((name) => path.join(folder, name))
    .filter(isFile);
}

function confFiles(folder: string): readonly string[] {
  const files = filesEndingWith(folder, '.conf');
  if (files.length === 0) throw new WafError('config.invalid', `rules "${folder}": the folder contains no .conf file`);
  return files;
}
