// The version of Weir, as its package has it: for people, logs and metrics, and for packs that say which versions
// can run them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of Weir. */
export function packageVersion(): string {
  const path = join(import.meta.dirname, '..', '..', 'package.json');
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string };
  return version;
}
