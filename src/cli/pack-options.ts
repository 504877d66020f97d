// The options for checking packs, shared by all commands that load rules. Knows no command.

import type { Command } from 'commander';

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
    .option('--trust <file>', 'trust policy: keys that must have signed each pack (docs/packs.md)')
    .option('--lock <file>', 'lock file: accepted version and digest of each pack')
    .option('--allow-downgrade', 'load a pack even if it is older than the locked version')
    .option('--allow-expired', 'load a pack even after its last day');
}
