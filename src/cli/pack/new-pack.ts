// Shared by the commands that create a pack: its name, ids and files. Overwrites no file.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { WafError } from '../../base/errors.ts';
import { parseIdRange } from '../../pack/id-ranges.ts';
import { isPackName } from '../../pack/manifest.ts';
import type { Printer } from '../printer.ts';

/** Name of a new pack, and the first of its ids. */
export interface NewPack {
  readonly name: string;
  readonly firstId: number;
}

/**
 * @throws WafError `config.invalid` for a folder that exists or whose name is not a valid pack name, and for ids that are not a
 * range.
 */
export function newPackOf(folder: string, ids: string): NewPack {
  const name = basename(resolve(folder));
  const range = parseIdRange(ids);
  if (!isPackName(name)) {
    throw new WafError('config.invalid', `"${name}" is not a pack name: use lower-case letters, digits, ".", "_", "-"`);
  }
  if (range === undefined) throw new WafError('config.invalid', `--ids "${ids}" is not a range such as 1000-1999`);
  if (existsSync(folder)) throw new WafError('config.invalid', `${folder} exists already`);
  return { name, firstId: range.first };
}

/** Writes the files of a pack, and prints their paths. @param files by path in the folder. */
export function writeNewPack(folder: string, files: ReadonlyMap<string, string>, printer: Printer): void {
  for (const [path, text] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
    printer.print(`${file}\n`);
  }
}
