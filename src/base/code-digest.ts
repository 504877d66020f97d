// A digest of the code that runs: what it made is taken up again by the very same code only.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `src/`, or where the compiled code is. */
const top = join(import.meta.dirname, '..');

/** The code of a process does not change; those of several questions are kept. */
const digests = new Map<string, string>();

/**
 * SHA-256 over the names and contents of code, hexadecimal. The first time takes some milliseconds.
 * @param wanted which of the sources, by their paths; in compiled code they are not told apart, and it is all of it.
 */
export function codeDigest(wanted: RegExp = /./): string {
  const known = digests.get(wanted.source);
  if (known !== undefined) return known;
  const digest = digestOf(wanted);
  digests.set(wanted.source, digest);
  return digest;
}

/** Where the build puts code (scripts/bundle.mjs); its other folders have types only, and many. */
const compiledFolders = ['', 'cli', 'chunks'];

function digestOf(wanted: RegExp): string {
  const isCompiled = existsSync(join(top, 'chunks'));
  const all = isCompiled ? compiledFolders.flatMap(filesIn) : readdirSync(top, { recursive: true, encoding: 'utf8' });
  const names = all.filter((name) => (isCompiled ? name.endsWith('.js') : name.endsWith('.ts') && wanted.test(name)));
  const hash = createHash('sha256');
  for (const name of names.sort()) hash.update(`${name}\0`).update(readFileSync(join(top, name)));
  return hash.digest('hex');
}

const filesIn = (folder: string): readonly string[] => readdirSync(join(top, folder)).map((name) => join(folder, name));
