// Reads the folder of a pack to build it: every file that is meant for others, once. Knows no manifest.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { constants } from '../base/constants.ts';
import { asWafError, WafError } from '../base/errors.ts';
import { readRegular } from '../seclang/folder-source.ts';
import { byName } from '../seclang/rule-source.ts';
import { problemOfPath } from './pack-path.ts';

/** Files that can be in a working folder but must not be published: build results and secrets. */
const leftOut = /\.(?:tgz|tar\.gz|sig|key|pem)$|~$/;

/**
 * The files of a pack's folder, by path. Names that start with a dot, archives, signatures and keys are left out.
 * @throws WafError `pack.malformed` for anything other than files and folders (a link could lead anywhere), for names that are
 * not allowed in a pack, and above `packFilesMax` or `packBytesMax`.
 */
export function readPackFolder(folder: string): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let count = 0;
  let bytes = 0;
  const visit = (parent: string): void => {
    const entries = readdirSync(join(folder, parent), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => byName(a.name, b.name))) {
      if (entry.name.startsWith('.') || leftOut.test(entry.name)) continue;
      const path = parent === '' ? entry.name : `${parent}/${entry.name}`;
      const problem = problemOfPath(path);
      if (problem !== undefined) throw malformed(`${JSON.stringify(path)} ${problem}`);
      count += 1;
      if (count > constants.packFilesMax)
        throw malformed(`it has more than ${constants.packFilesMax} files and folders`);
      if (entry.isDirectory()) {
        visit(path);
        continue;
      }
      if (!entry.isFile()) throw malformed(`"${path}" is neither a file nor a folder: a pack has no links`);
      const content = contentOf(join(folder, path), path);
      bytes += content.length;
      if (bytes > constants.packBytesMax) throw malformed(`its files exceed ${constants.packBytesMax} bytes`);
      files.set(path, content);
    }
  };
  visit('');
  return files;
}

function contentOf(file: string, path: string): Uint8Array {
  try {
    return readRegular(file);
  } catch (thrown) {
    throw malformed(`"${path}" cannot be read: ${asWafError(thrown).message}`, thrown);
  }
}

function malformed(reason: string, cause?: unknown): WafError {
  return new WafError('pack.malformed', reason, cause === undefined ? undefined : { cause });
}
