// Which paths are packs. Opens none: who has no pack to load need not load what opens them.

import { join } from 'node:path';
import { isFile, isFolder } from '../seclang/folder-source.ts';

/** Whether a path is that of a pack: an archive by its name, or a folder with a manifest. */
export function isPack(path: string): boolean {
  return isPackArchive(path) || (isFolder(path) && isFile(join(path, 'pack.yaml')));
}

/** Whether a path is that of an archive, by its name. */
export function isPackArchive(path: string): boolean {
  return /\.(?:tgz|tar\.gz)$/.test(path) && !isFolder(path);
}
