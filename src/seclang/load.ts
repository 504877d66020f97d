// What a user names on the command line → loaded rule files: single files, folders, CRS releases, packs. Knows the
// layout of folders; the language itself is in the parser.

import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { WafError } from '../base/errors.ts';
import type { Location, RuleFile } from './ast.ts';
import { byName, type DataLine, DataReader, isFile, isFolder, RuleReader } from './include.ts';
import { SeclangErrors } from './seclang-error.ts';

/** Rule files ready for the plan compiler. */
export interface LoadedRules {
  /** In the order of evaluation; every `Include` is expanded. */
  readonly files: readonly RuleFile[];
  /**
   * The entries of a data file (`@pmFromFile`, `@ipMatchFromFile`), byte strings; a relative name starts at the folder of the
   * rule file in `location`. Throws `SeclangError` at `location` when it cannot be read.
   */
  readonly data: (location: Location, name: string) => readonly string[];
  /** The same with the place of each entry, for errors about one entry. */
  readonly dataLines: (location: Location, name: string) => readonly DataLine[];
  /** What the user should know and would not see otherwise, one sentence each. */
  readonly notices: readonly string[];
}

/**
 * Loads rules in the order given. A path is a rule file; a pack (a folder with `pack.yaml`); a folder with a `rules` folder
 * in it, as a CRS release has (its `crs-setup.conf`, or with a notice `crs-setup.conf.example`, comes first); or any other
 * folder, whose `*.conf` are read in order of name.
 * @throws SeclangErrors with all errors of all files; WafError `config.invalid` for a path that is nothing of these.
 */
export function loadRuleFiles(paths: readonly string[]): LoadedRules {
  const notices: string[] = [];
  const files = paths.flatMap((name) => filesOf(name, notices));
  const reader = new RuleReader();
  const loaded = files.map((file) => reader.readFile(file));
  if (reader.errors.length > 0) throw new SeclangErrors(reader.errors);
  const lists = new DataReader();
  return {
    files: loaded,
    data: (location, name) => lists.read(location, name).map((line) => line.text),
    dataLines: (location, name) => lists.read(location, name),
    notices,
  };
}

function filesOf(name: string, notices: string[]): readonly string[] {
  if (isFile(name)) return [name];
  if (!isFolder(name)) throw new WafError('config.invalid', `rules "${name}": no such file or folder`);
  const pack = path.join(name, 'pack.yaml');
  if (isFile(pack)) return packFiles(name, pack);
  const rules = path.join(name, 'rules');
  if (isFolder(rules)) return [...setupFiles(name, notices), ...confFiles(rules)];
  return confFiles(name);
}

/** The set-up file of a CRS folder. Without one CRS refuses every request (rule 901001), so the shipped example stands in. */
function setupFiles(folder: string, notices: string[]): readonly string[] {
  const setup = path.join(folder, 'crs-setup.conf');
  if (isFile(setup)) return [setup];
  const example = `${setup}.example`;
  if (!isFile(example)) return [];
  notices.push(`${setup} does not exist: ${example} is used, copy it to change its settings`);
  return [example];
}

function confFiles(folder: string): readonly string[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.conf') && !name.startsWith('.'))
    .sort(byName)
    .map((name) => path.join(folder, name))
    .filter(isFile);
  if (files.length === 0) throw new WafError('config.invalid', `rules "${folder}": the folder holds no .conf file`);
  return files;
}

/** `files:` of a pack.yaml: names inside the pack, in order of evaluation. */
function packFiles(folder: string, pack: string): readonly string[] {
  let content: unknown;
  try {
    content = parseYaml(readFileSync(pack, 'utf8'));
  } catch (error) {
    throw new WafError('config.invalid', `${pack}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
  const files = typeof content === 'object' && content !== null && 'files' in content ? content.files : undefined;
  if (!Array.isArray(files) || files.length === 0) {
    throw new WafError('config.invalid', `${pack}: "files" must be a list of rule files`);
  }
  return files.map((file: unknown) => {
    if (typeof file !== 'string')
      throw new WafError('config.invalid', `${pack}: a file name is ${JSON.stringify(file)}`);
    const resolved = path.join(folder, file);
    const outside = path.relative(folder, resolved).startsWith('..') || path.isAbsolute(file);
    if (outside) throw new WafError('config.invalid', `${pack}: "${file}" is outside the pack`);
    if (!isFile(resolved)) throw new WafError('config.invalid', `${pack}: "${file}" does not exist`);
    return resolved;
  });
}
