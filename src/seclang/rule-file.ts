// The only access to the bytes of rule files and data files of a load, each through the source of its root; all bytes are
// counted. Knows no syntax.

import { realpathSync } from 'node:fs';
import * as path from 'node:path';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import { fileProblem } from '../base/file-problem.ts';
import { FolderSource, isFolder } from './folder-source.ts';
import type { RuleSource } from './rule-source.ts';

/** A path of the command line, and where its files are read from. */
export interface RuleRoot {
  /** Its real path, or a name if it is not a folder. */
  readonly folder: string;
  /**
   * A pack comes from a third party, so it cannot name files outside its folder. Other rules are the user's own and can name any
   * file.
   */
  readonly isConfined: boolean;
  readonly source: RuleSource;
}

/** The root of a folder, or of a file: the folder that contains it. @throws the errors of `realpathSync`. */
export function rootOf(name: string, isConfined = false): RuleRoot {
  const real = realpathSync(name);
  const folder = isFolder(real) ? real : path.dirname(real);
  return { folder, isConfined, source: new FolderSource(folder, { isConfined }) };
}

/** A file that was read. */
export interface ReadFile {
  /** A byte string. */
  readonly text: string;
  /** Identifies the file within its source. */
  readonly real: string;
  /** Whether it is below the root. The text of any other file must not be shown, not even in errors. */
  readonly isOwn: boolean;
}

/** Reads the files of one load and counts their bytes. */
export class FileReader {
  readonly #onName: (name: string) => void;
  #bytes = 0;

  /** @param onName called with the name of each file and folder before it is opened, even if it does not exist. */
  constructor(onName: (name: string) => void = () => undefined) {
    this.#onName = onName;
  }

  /** Records that the load depends on this file or folder: on its content, or on whether it exists. */
  note(name: string): void {
    this.#onName(name);
  }

  /**
   * Reads a file of at most `ruleFileBytesMax` bytes; all files of a load together at most `ruleBytesMax`.
   * @throws WafError `seclang.include` with the reason, without the name.
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
