// Where what is compiled is kept, and whether a folder may be used for it: what is read from it runs on every request, so nobody else may have written it.
// Knows no file in it.

import { type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';

const writableByOthers = 0o022;
const writableByAll = 0o002;
const sticky = 0o1000;

/** Whether the owner could not put anything there that this user would not. */
const isOwned = ({ uid }: Stats): boolean => uid === 0 || uid === process.geteuid?.();

/**
 * Why a folder for compiled patterns is not used; undefined when it is, also when it is not there yet. It belongs to this user
 * or to root, and nobody else may write to it, be it sticky or not (who may add a file may add a wrong one). Nobody may put
 * another folder in its place either: those above it are not writable by everyone, unless they are sticky as /tmp is.
 */
export function cacheFolderProblem(folder: string): string | undefined {
  const own = resolve(folder);
  for (let path = own; ; path = dirname(path)) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined && !stats.isDirectory()) return `${path} is not a folder`;
    if (stats !== undefined && !isOwned(stats)) return `${path} belongs to another user (uid ${stats.uid})`;
    const mode = stats?.mode ?? 0;
    const isExposed =
      path === own ? (mode & writableByOthers) !== 0 : (mode & (writableByAll | sticky)) === writableByAll;
    if (isExposed) return `others may write to ${path} (mode ${(mode & 0o7777).toString(8).padStart(4, '0')})`;
    if (path === dirname(path)) return undefined;
  }
}

/** The default cache folder for what is compiled: in the user's own cache folder (XDG). */
export function defaultCacheFolder(): string {
  const given = process.env.XDG_CACHE_HOME;
  return join(given !== undefined && isAbsolute(given) ? given : join(homedir(), '.cache'), 'weir');
}
