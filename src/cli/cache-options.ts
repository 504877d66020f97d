// The options for the cache of compiled patterns, shared by all commands that load rules.

import type { Command } from 'commander';
import { defaultCacheFolder } from '../compile/cache-folder.ts';

/** The options, parsed. */
export interface CacheOptions {
  /** The folder; false with `--no-cache`; absent: the default folder. */
  readonly cache?: string | boolean;
}

/** Adds `--cache` and `--no-cache` to a command. */
export function addCacheOptions(command: Command): Command {
  return command
    .option('--cache <folder>', `where compiled patterns are cached (default: ${defaultCacheFolder()})`)
    .option('--no-cache', 'recompile all patterns, without a cache');
}

/**
 * The options for `loadPlan`.
 * @param configured the setting of a configuration file, if there is one: a folder, or false for no cache.
 */
export function cacheOf({ cache }: CacheOptions, configured?: string | false): { readonly cacheFolder?: string } {
  const folder = cache ?? configured;
  if (folder === false) return {};
  return { cacheFolder: typeof folder === 'string' ? folder : defaultCacheFolder() };
}
