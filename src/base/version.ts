// The version of Weir, as its package has it: for people, logs and metrics, and for packs that say which versions
// can run them. And the commit that it was made from, where that can be known.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const top = join(import.meta.dirname, '..', '..');

/** The version of Weir. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as { readonly version: string };
  return version;
}

/**
 * The commit: the build leaves it beside the compiled code (scripts/write-commit.mjs), a checkout asks git, with `-dirty` when files
 * were changed since. Undefined where neither knows: an archive of the sources, a checkout of another user.
 */
export function packageCommit(): string | undefined {
  const written = join(import.meta.dirname, '..', 'commit');
  if (existsSync(written)) return readFileSync(written, 'utf8').trim();
  // A copy inside somebody else's repository must not name theirs.
  if (!existsSync(join(top, '.git'))) return undefined;
  // Only commands ask; a server that starts need not load it.
  const { execFileSync } = process.getBuiltinModule('node:child_process');
  const words = ['--no-optional-locks', '-C', top, 'describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'];
  try {
    return execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
