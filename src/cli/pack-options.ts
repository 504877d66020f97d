// What packs of rules are held against, as options of every command that loads rules. Knows no command.

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
    .option('--trust <file>', 'trust policy: which keys must have signed which packs (docs/packs.md)')
    .option('--lock <file>', 'lock file: which version and digest of each pack is loaded')
    .option('--allow-downgrade', 'load a pack that is older than the lock file says')
    .option('--allow-expired', 'load a pack that is past its last day');
}
