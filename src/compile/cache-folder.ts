// The cache folder for compiled patterns, and whether a folder can be used for it: its content runs on every request, so nobody
// else may have written it. Knows no file in it.

import { type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';

const writableByOthers = 0o022;
const writableByAll = 0o002;
const sticky = 0o1000;

/** Whether the owner is this user or root, who could write anything anyway. */
const isOwned = ({ uid }: Stats): boolean => uid === 0 || uid === process.geteuid?.();

/**
 * Why a folder for compiled patterns is not used; undefined if it is, or does not exist yet. It must belong to this user or to
 * root, and nobody else may write to it, not even with the sticky bit (who may add a file may add a wrong one). Nobody may be
 * able to replace the folder either: its parents must not be writable by everyone, unless they are sticky like /tmp.
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

/** The default cache folder for compiled data: in the user's own cache folder (XDG). */
export function defaultCacheFolder(): string {
  const given = process.env.XDG_CACHE_HOME;
  return join(given !== undefined && isAbsolute(given) ? given : join(homedir(), '.cache'), 'weir');
}
