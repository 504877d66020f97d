// What packs of rules are held against, as options of every command that loads rules. Knows no command.

import type { Command } from 'commander';
import { readLock } from '../pack/lock-file.ts';
import type { PackOptions } from '../pack/open-pack.ts';
import { readTrustPolicy } from '../pack/trust.ts';

/** The options, parsed. */
export interface PackPolicyOptions {
  readonly trust?: string;
  readonly lock?: string;
  readonly allowDowngrade?: true;
  readonly allowExpired?: true;
}

/** Adds the options to a command. */
export function addPackOptions(command: Command): Command {
  return command
    .option('--trust <file>', 'trust policy: which keys must have signed which packs (docs/packs.md)')
    .option('--lock <file>', 'lock file: which version and digest of each pack is loaded')
    .option('--allow-downgrade', 'load a pack that is older than the lock file says')
    .option('--allow-expired', 'load a pack that is past its last day');
}

/**
 * The policies that the options name, read each time; options override what a configuration file names.
 * @throws WafError `config.invalid` for a file with problems.
 */
export function packsOf(
  { allowDowngrade, allowExpired, ...options }: PackPolicyOptions,
  configured: { readonly trust?: string | undefined; readonly lock?: string | undefined } = {},
): PackOptions {
  const trust = options.trust ?? configured.trust;
  const lock = options.lock ?? configured.lock;
  return {
    ...(trust === undefined ? {} : { trust: readTrustPolicy(trust) }),
    ...(lock === undefined ? {} : { lock: readLock(lock, { isOptional: false }) }),
    ...(allowDowngrade === true ? { allowDowngrade } : {}),
    ...(allowExpired === true ? { allowExpired } : {}),
  };
}
