// The version of Weir from its package.json, for people, logs and metrics, and for packs that require certain versions. Also the
// commit it was built from, where that is known.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const top = join(import.meta.dirname, '..', '..');

const known: { version?: string } = {};

/** The version of Weir. It is read once: lines of the audit log carry it. */
export function packageVersion(): string {
  known.version ??= (
    JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as { readonly version: string }
  ).version;
  return known.version;
}

/**
 * The commit: the build writes it next to the compiled code (scripts/write-commit.mjs); in a checkout git is asked, with `-dirty`
 * when files have changed since. Undefined where neither works: an archive of the sources, a checkout of another user.
 */
export function packageCommit(): string | undefined {
  const written = join(import.meta.dirname, '..', 'commit');
  if (existsSync(written)) return readFileSync(written, 'utf8').trim();
  // In a copy inside another repository, git would return that repository's commit.
  if (!existsSync(join(top, '.git'))) return undefined;
  // Only commands need it: a server does not load it at its start.
  const { execFileSync } = process.getBuiltinModule('node:child_process');
  const words = ['--no-optional-locks', '-C', top, 'describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'];
  try {
    return execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
