// A digest of the code that runs: what it made is taken up again by the very same code only.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `src/`, or where the compiled code is. */
const top = join(import.meta.dirname, '..');

/** SHA-256 over the names and contents of all code of Weir, hexadecimal. Takes some milliseconds. */
export function codeDigest(): string {
  const hash = createHash('sha256');
  const names = readdirSync(top, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?<!\.d)\.(?:ts|js)$/.test(name),
  );
  for (const name of names.sort()) hash.update(`${name}\0`).update(readFileSync(join(top, name)));
  return hash.digest('hex');
}
