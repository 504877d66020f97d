// What Node made of Weir's compiled code, kept for the next start. Loaded before everything else, and loads next to nothing.

import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { cacheFolderProblem, defaultCacheFolder } from '../compile/cache-folder.ts';

/**
 * Has Node keep it in the user's cache folder. Node believes what it finds there, so a folder to which others may write is not used. A
 * folder that NODE_COMPILE_CACHE names wins.
 * @param words the command line: who wants nothing to be kept is given nothing.
 */
export function keepCode(words: readonly string[]): void {
  if (words.includes('--no-cache')) return;
  const folder = join(defaultCacheFolder(), 'node');
  if (cacheFolderProblem(folder) === undefined) enableCompileCache(folder);
}
