// Rule files in memory, such as those of an archive: what is parsed is exactly what was verified. Knows no syntax and no archive.

import * as path from 'node:path';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import type { RuleSource, SourceFile, SourceKind } from './rule-source.ts';

/** Files by path, below a name for the whole set. */
export class MemorySource implements RuleSource {
  readonly #name: string;
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #folders = new Map<string, Set<string>>();

  /**
   * @param name shown in locations before the path of a file, e.g. `packs/acme-1.0.0.tgz`.
   * @param files bytes by path, components separated by `/`; borrowed while the source is in use.
   */
  constructor(name: string, files: ReadonlyMap<string, Uint8Array>) {
    this.#name = path.normalize(name);
    this.#files = files;
    this.#folders.set('', new Set());
    for (const file of files.keys()) this.#enter(file);
  }

  readonly read = (name: string): SourceFile => {
    const real = this.#pathOf(name);
    if (real === undefined) throw new WafError('seclang.include', 'it is outside the pack');
    const bytes = this.#files.get(real);
    if (bytes === undefined) throw new WafError('seclang.include', 'it is not in the pack');
    if (bytes.length > constants.ruleFileBytesMax) {
      throw new WafError('seclang.include', `it is larger than ${constants.ruleFileBytesMax} bytes`);
    }
    return { bytes, real, isOwn: true };
  };

  readonly list = (folder: string): readonly string[] => {
    const real = this.#pathOf(folder);
    if (real === undefined) throw new WafError('seclang.include', 'it is outside the pack');
    return [...(this.#folders.get(real) ?? [])];
  };

  readonly kindOf = (name: string): SourceKind => {
    const real = this.#pathOf(name);
    if (real === undefined) return undefined;
    return this.#files.has(real) ? 'file' : this.#folders.has(real) ? 'folder' : undefined;
  };

  /** The path inside, '' for the root; undefined for paths outside. */
  #pathOf(name: string): string | undefined {
    const way = path.relative(this.#name, name);
    if (way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(way)) return undefined;
    return way.split(path.sep).join('/');
  }

  #enter(file: string): void {
    let parent = '';
    for (const part of file.split('/')) {
      const names = this.#folders.get(parent);
      if (names === undefined) this.#folders.set(parent, new Set([part]));
      else names.add(part);
      parent = parent === '' ? part : `${parent}/${part}`;
    }
  }
}
