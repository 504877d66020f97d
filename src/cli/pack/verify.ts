// `weir pack verify`: whether `weir serve` would accept a pack, with the same policies and messages.

import { openPack } from '../../pack/open-pack.ts';
import { commonExitCodes, defineCommand } from '../define-command.ts';
import { addPackOptions, type PackPolicyOptions } from '../pack-options.ts';
import { packsOf } from '../pack-policies.ts';

/** `weir pack verify`. Exit code 1: it is refused. */
export const verifyCommand = defineCommand<PackPolicyOptions>({
  name: 'pack verify',
  summary: 'check signatures, digest, version and last day of a pack as `weir serve` would',
  options: (command) => addPackOptions(command.argument('<pack>', 'folder or archive')),
  run: async ({ args: [path], options, printer }) => {
    const policies = packsOf(options);
    const { claim, manifest, signers } = await openPack(path as string, policies);
    const what = `${manifest.name ?? path} ${manifest.version ?? ''}`.trim();
    const checked = [
      policies.trust === undefined
        ? 'signatures not checked (--trust)'
        : signers.length === 0
          ? 'no signature required'
          : `signed by ${signers.join(', ')}`,
      policies.lock === undefined ? 'not checked against a lock file (--lock)' : 'as locked',
    ];
    printer.print(`${what}${claim === undefined ? '' : ` ${claim.digest}`}: ${checked.join('; ')}\n`);
    return commonExitCodes.done;
  },
  exitCodeOf: ({ code }) => (code === 'config.invalid' ? commonExitCodes.usage : commonExitCodes.failed),
});
