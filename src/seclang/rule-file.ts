// The one way to the bytes of rule files and data files of a load: each through the source of its root, all of them counted. Knows no
// syntax.

import { realpathSync } from 'node:fs';
import * as path from 'node:path';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import { fileProblem } from '../base/file-problem.ts';
import { FolderSource, isFolder } from './folder-source.ts';
import type { RuleSource } from './rule-source.ts';

/** What a path of the command line stands for, and where its files are read from. */
export interface RuleRoot {
  /** Its real path, or the name of what is not a folder. */
  readonly folder: string;
  /** A pack comes from somebody else: no name in it leads out of it. Other rules are the user's own and may name any file. */
  readonly isConfined: boolean;
  readonly source: RuleSource;
}

/** The root of a folder, or of a file: the folder it lies in. @throws what `realpathSync` throws. */
export function rootOf(name: string, isConfined = false): RuleRoot {
  const real = realpathSync(name);
  const folder = isFolder(real) ? real : path.dirname(real);
  return { folder, isConfined, source: new FolderSource(folder, { isConfined }) };
}

/** What was read of a file. */
export interface ReadFile {
  /** A byte string. */
  readonly text: string;
  /** What tells it from every other file of its source. */
  readonly real: string;
  /** Whether it lies below the root. What stands in any other file is nobody's to see, errors included. */
  readonly isOwn: boolean;
}

/** Reads the files of one load and counts their bytes. */
export class FileReader {
  readonly #onName: (name: string) => void;
  #bytes = 0;

  /** @param onName told of each file and folder by its name before anything of it is known, also where nothing is there. */
  constructor(onName: (name: string) => void = () => undefined) {
    this.#onName = onName;
  }

  /** What the load comes to depends on this file or folder: on what stands in it, or whether it is there. */
  note(name: string): void {
    this.#onName(name);
  }

  /**
   * Reads a file of at most `ruleFileBytesMax` bytes, all of a load together at most `ruleBytesMax`.
   * @throws WafError `seclang.include` with the reason and without the name.
   */
  read(name: string, root: RuleRoot): ReadFile {
    this.note(name);
    try {
      const { bytes, real, isOwn } = root.source.read(name);
      this.#bytes += bytes.length;
      if (this.#bytes > constants.ruleBytesMax) {
        throw new WafError('seclang.include', `the files of a load exceed ${constants.ruleBytesMax} bytes`);
      }
      return { text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'), real, isOwn };
    } catch (thrown) {
      if (thrown instanceof WafError) throw thrown;
      throw new WafError('seclang.include', fileProblem(thrown), { cause: thrown });
    }
  }
}
