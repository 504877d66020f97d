// Files that one run of Weir keeps for the next: read only if nobody else can have written them and they are undamaged, and
// written whole or not at all. Knows nothing of their contents.

import { createHash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  constants as openFlags,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** What was kept; `damaged`: its contents are not what was written; undefined: there is no file that this user can trust. */
export type KeptFile = Buffer | 'damaged' | undefined;

const othersMayWrite = 0o022;

const digestOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** SHA-256. */
const digestBytes = 32;

/** Reads what `writeKeptFile` wrote: a file of this user or root, to which nobody else may write, of at most `bytesMax` bytes. */
export function readKeptFile(path: string, bytesMax: number): KeptFile {
  const bytes = readOwn(path, bytesMax + digestBytes);
  if (bytes === undefined) return undefined;
  const body = bytes.subarray(digestBytes);
  return digestOf(body).equals(bytes.subarray(0, digestBytes)) ? body : 'damaged';
}

function readOwn(path: string, bytesMax: number): Buffer | undefined {
  let file: number;
  try {
    file = openSync(path, openFlags.O_RDONLY | openFlags.O_NOFOLLOW | openFlags.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const status = fstatSync(file);
    const isOurs = (status.uid === process.geteuid?.() || status.uid === 0) && (status.mode & othersMayWrite) === 0;
    return isOurs && status.isFile() && status.size <= bytesMax ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** Keeps bytes under a path, and creates its folder when needed. Returns false if that fails. */
export function writeKeptFile(path: string, body: Uint8Array): boolean {
  const beside = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(beside, Buffer.concat([digestOf(body), body]), { mode: 0o600, flag: 'wx' });
    renameSync(beside, path);
    return true;
  } catch {
    removeIfThere(beside);
    return false;
  }
}

function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The folder is not a folder, or not ours to write.
  }
}
