// Rule files on disk: regular files only, with a limit on the bytes read, and for a pack nothing outside its folder. Knows no
// syntax.

import {
  closeSync,
  fstatSync,
  constants as openFlags,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import * as path from 'node:path';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import type { RuleSource, SourceFile, SourceKind } from './rule-source.ts';

const chunkBytes = 64 * 1024;

/** Files on disk, relative to a folder. */
export class FolderSource implements RuleSource {
  readonly #folder: string;
  readonly #isConfined: boolean;

  /**
   * @param folder its real path; files below it belong to the source.
   * @param isConfined whether files elsewhere are refused, after symbolic links are followed.
   */
  constructor(folder: string, { isConfined }: { readonly isConfined: boolean }) {
    this.#folder = folder;
    this.#isConfined = isConfined;
  }

  // The system resolves a path in one call; the other way asks for the status of each part of it, for each of a hundred files.
  readonly read = (name: string): SourceFile => {
    const real = realpathSync.native(name);
    const isOwn = isBelow(this.#folder, real);
    if (this.#isConfined && !isOwn) throw new WafError('seclang.include', 'it is outside the pack');
    return { bytes: readRegular(real), real, isOwn };
  };

  readonly list = (folder: string): readonly string[] => {
    let real: string;
    let names: string[];
    try {
      real = realpathSync.native(folder);
      if (this.#isConfined && !isBelow(this.#folder, real)) {
        throw new WafError('seclang.include', 'it is outside the pack');
      }
      names = readdirSync(real);
    } catch (thrown) {
      if (thrown instanceof WafError) throw thrown;
      return [];
    }
    return names;
  };

  readonly kindOf = (name: string): SourceKind => kindOf(name);
}

/**
 * The bytes of a regular file, at most `bytesMax` (counted while reading, because files under /proc report no size). Never waits
 * for a writer. @throws WafError `seclang.include`, or the system's error.
 */
export function readRegular(real: string, bytesMax: number = constants.ruleFileBytesMax): Buffer {
  // Opening a FIFO would block, and so would reading some files of /proc.
  const file = openSync(real, openFlags.O_RDONLY | openFlags.O_NONBLOCK | openFlags.O_NOFOLLOW);
  try {
    if (!fstatSync(file).isFile()) throw new WafError('seclang.include', 'it is not a regular file');
    const chunks: Buffer[] = [];
    let count = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const read = readSync(file, chunk);
      if (read === 0) return Buffer.concat(chunks, count);
      count += read;
      if (count > bytesMax) throw new WafError('seclang.include', `it is larger than ${bytesMax} bytes`);
      chunks.push(chunk.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
}

/** Whether a real path is a folder itself or something below it. */
export function isBelow(folder: string, real: string): boolean {
  const way = path.relative(folder, real);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

/** True for a regular file (or a link to one) that exists and is accessible. */
export function isFile(name: string): boolean {
  return kindOf(name) === 'file';
}

/** True for a folder that exists and is accessible. */
export function isFolder(name: string): boolean {
  return kindOf(name) === 'folder';
}

function kindOf(name: string): SourceKind {
  try {
    const status = statSync(name);
    return status.isFile() ? 'file' : status.isDirectory() ? 'folder' : undefined;
  } catch {
    // A name can be too long, contain a NUL or go through a file; in all these cases it is neither.
    return undefined;
  }
}
