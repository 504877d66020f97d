// The one way to the bytes of rule files, data files and manifests: regular files only, bounded by what is read, and for a
// pack nothing outside of it. Knows no syntax.

import { closeSync, fstatSync, constants as openFlags, openSync, readSync, realpathSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';

/** The folder that a path of the command line stands for. */
export interface RuleRoot {
  /** Its real path. */
  readonly folder: string;
  /** A pack comes from somebody else: no name in it leads out of it. Other rules are the user's own and may name any file. */
  readonly isConfined: boolean;
}

/** The root of a folder, or of a file: the folder it lies in. @throws what `realpathSync` throws. */
export function rootOf(name: string, isConfined = false): RuleRoot {
  const real = realpathSync(name);
  return { folder: isFolder(real) ? real : path.dirname(real), isConfined };
}

/** What was read of a file. */
export interface ReadFile {
  /** A byte string. */
  readonly text: string;
  /** The file with every symbolic link followed. */
  readonly real: string;
  /** Whether it lies below the root. What stands in any other file is nobody's to see, errors included. */
  readonly isOwn: boolean;
}

const chunkBytes = 64 * 1024;

/** Reads the files of one load and counts their bytes. */
export class FileReader {
  #bytes = 0;

  /**
   * Reads a file: a regular one, of at most `ruleFileBytesMax` bytes (bytes read, not what the file system says: what lies
   * under /proc has no size), all of a load together at most `ruleBytesMax`. Never waits for a writer.
   * @throws WafError `seclang.include` with the reason and without the name.
   */
  read(name: string, root: RuleRoot): ReadFile {
    try {
      const real = realpathSync(name);
      const isOwn = isBelow(root.folder, real);
      if (root.isConfined && !isOwn) throw refused('it is outside the pack');
      const bytes = readRegular(real);
      this.#bytes += bytes.length;
      if (this.#bytes > constants.ruleBytesMax)
        throw refused(`the files of a load exceed ${constants.ruleBytesMax} bytes`);
      return { text: bytes.toString('latin1'), real, isOwn };
    } catch (thrown) {
      if (thrown instanceof WafError) throw thrown;
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new WafError('seclang.include', reason, { cause: thrown });
    }
  }
}

function refused(reason: string): WafError {
  return new WafError('seclang.include', reason);
}

function readRegular(real: string): Buffer {
  // A FIFO would be waited for when it is opened, some files of /proc when they are read.
  const file = openSync(real, openFlags.O_RDONLY | openFlags.O_NONBLOCK | openFlags.O_NOFOLLOW);
  try {
    if (!fstatSync(file).isFile()) throw refused('it is not a regular file');
    const chunks: Buffer[] = [];
    let count = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const read = readSync(file, chunk);
      if (read === 0) return Buffer.concat(chunks, count);
      count += read;
      if (count > constants.ruleFileBytesMax) throw refused(`it is larger than ${constants.ruleFileBytesMax} bytes`);
      chunks.push(chunk.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
}

/** Whether a real path is that of a folder or of something below it. */
export function isBelow(folder: string, real: string): boolean {
  const way = path.relative(folder, real);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

/** True for a regular file (or a link to one) that exists and can be asked about. */
export function isFile(name: string): boolean {
  return kindOf(name) === 'file';
}

/** True for a folder that exists and can be asked about. */
export function isFolder(name: string): boolean {
  return kindOf(name) === 'folder';
}

function kindOf(name: string): 'file' | 'folder' | undefined {
  try {
    const status = statSync(name);
    return status.isFile() ? 'file' : status.isDirectory() ? 'folder' : undefined;
  } catch {
    // A name may be too long, hold a NUL or go through a file: whatever is wrong with it, it is neither.
    return undefined;
  }
}

/** Order of file names by code unit, the same on every machine. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
