// The two options about the cache of compiled patterns, the same for every command that loads rules.

import type { Command } from 'commander';
import { defaultCacheFolder } from '../compile/cache-folder.ts';

/** What the command line said. */
export interface CacheOptions {
  /** The folder; false with `--no-cache`; absent: the default folder. */
  readonly cache?: string | boolean;
}

/** Adds `--cache` and `--no-cache` to a command. */
export function addCacheOptions(command: Command): Command {
  return command
    .option('--cache <folder>', `where compiled patterns are kept for a quick start (default: ${defaultCacheFolder()})`)
    .option('--no-cache', 'recompile all patterns and keep nothing');
}

/**
 * What `loadPlan` is told.
 * @param configured what a configuration file says, when it says something: a folder, or false for nowhere.
 */
export function cacheOf({ cache }: CacheOptions, configured?: string | false): { readonly cacheFolder?: string } {
  const folder = cache ?? configured;
  if (folder === false) return {};
  return { cacheFolder: typeof folder === 'string' ? folder : defaultCacheFolder() };
}
