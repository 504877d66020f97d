// A digest of the code that runs: what it made is taken up again by the very same code only.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
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

function digestOf(wanted: RegExp): string {
  const all = readdirSync(top, { recursive: true, encoding: 'utf8' });
  const sources = all.filter((name) => /(?<!\.d)\.ts$/.test(name));
  const names =
    sources.length > 0 ? sources.filter((name) => wanted.test(name)) : all.filter((name) => name.endsWith('.js'));
  const hash = createHash('sha256');
  for (const name of names.sort()) hash.update(`${name}\0`).update(readFileSync(join(top, name)));
  return hash.digest('hex');
}
