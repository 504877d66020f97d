// `weir pack diff`: the differences between two versions of a pack, and their effect on recorded exchanges.

import { comparePacks } from '../../pack/compare-packs.ts';
import { type OpenPack, openPack } from '../../pack/open-pack.ts';
import { formatReplay } from '../../replay/format.ts';
import { commonExitCodes, defineCommand } from '../define-command.ts';
import { replayFiles } from '../replay.ts';

interface DiffOptions {
  readonly log?: readonly string[];
}

/** `weir pack diff`. Exit code 1: a verdict changes. */
export const diffCommand = defineCommand<DiffOptions>({
  name: 'pack diff',
  summary: 'list rules that were added, removed or changed, and recorded exchanges whose verdict changes',
  options: (command) =>
    command
      .argument('<old>', 'folder or archive')
      .argument('<new>', 'folder or archive')
      .option('--log <recording...>', 'recorded exchanges, in the formats of `weir replay`'),
  run: async ({ args, options, printer }) => {
    const [before, after] = (await Promise.all(
      args.map((path) => openPack(path as string, { allowExpired: true })),
    )) as [OpenPack, OpenPack];
    const comparison = await comparePacks(before, after);
    printer.print(`${nameOf(before)} -> ${nameOf(after)}\n`);
    for (const [kind, ids] of Object.entries(comparison) as readonly (readonly [string, readonly number[]])[]) {
      printer.print(`${kind}: ${ids.length === 0 ? 'none' : ids.join(' ')}\n`);
    }
    if (options.log === undefined) return commonExitCodes.done;
    const rules = { old: [before.path], new: [after.path], allowExpired: true as const };
    const report = await replayFiles(options.log, rules, { ...printer, warn: () => undefined });
    printer.print(formatReplay(report, 'human'));
    return report.verdicts.length > 0 ? commonExitCodes.failed : commonExitCodes.done;
  },
  exitCodeOf: ({ code }) => (code === 'config.invalid' ? commonExitCodes.usage : commonExitCodes.failed),
});

function nameOf({ manifest, path }: OpenPack): string {
  return manifest.name === undefined ? path : `${manifest.name} ${manifest.version ?? ''}`.trim();
}
