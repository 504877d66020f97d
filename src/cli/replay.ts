// `weir replay`: runs recorded exchanges through old and new rules. Parses options and reads files, prints the report, chooses
// the exit code; the rest is in src/replay.

import { Option } from 'commander';
import { asProfileWants, defaultProfile } from '../config/pack-defaults.ts';
import { closePlan } from '../plan/close-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { formatReplay, type ReplayForm, replayForms } from '../replay/format.ts';
import { readRecordings } from '../replay/read-recordings.ts';
import { type ReplayedRules, type ReplayReport, replay } from '../replay/replay.ts';
import { commonExitCodes, defineCommand } from './define-command.ts';
import { addRuleOptions, loadRulesForCommand, type RuleOptions } from './load-rules.ts';
import type { Printer } from './printer.ts';

interface ReplayOptions extends RuleOptions {
  readonly old: readonly string[];
  readonly new: readonly string[];
  readonly output: ReplayForm;
}

/** `weir replay`. Exit code 1: a verdict changes. */
export const replayCommand = defineCommand<ReplayOptions>({
  name: 'replay',
  summary: 'run recorded exchanges through old and new rules, and list those with a different result',
  options: (command) =>
    addRuleOptions(
      command
        .argument('<recording...>', 'HAR, audit log of Weir, go-ftw tests (file or folder), or one HTTP/1 request')
        .requiredOption('--old <path...>', 'current rule files, folders or packs')
        .requiredOption('--new <path...>', 'their replacement')
        .option('--allow-unsupported', 'skip and report rules that Weir cannot run, instead of refusing')
        .addOption(new Option('--output <format>', 'format of the report').choices(replayForms).default('human')),
    ),
  run: async ({ args: [files], options, printer }) => {
    const report = await replayFiles(files as readonly string[], options, printer);
    printer.print(formatReplay(report, options.output));
    return report.verdicts.length > 0 ? commonExitCodes.failed : commonExitCodes.done;
  },
  hint: ({ code }) =>
    code === 'commander.missingArgument'
      ? '--old and --new take every path after them; put the recordings before them, or after --'
      : undefined,
});

/** Replays the recordings of files for a command. */
export async function replayFiles(
  files: readonly string[],
  options: RuleOptions & Pick<ReplayOptions, 'old' | 'new'>,
  printer: Printer,
): Promise<ReplayReport> {
  const recordings = readRecordings(files);
  const before = await loadRulesForCommand('weir replay', options.old, { options, printer });
  try {
    const after = await loadRulesForCommand('weir replay', options.new, { options, printer });
    try {
      return await replay(recordings, { before: asUsedAlone(before), after: asUsedAlone(after) });
    } finally {
      closePlan(after);
    }
  } finally {
    closePlan(before);
  }
}

/** Rules as a profile without further settings. */
function asUsedAlone(plan: Plan): ReplayedRules {
  const profile = defaultProfile(plan);
  return { ...profile, plan: asProfileWants(plan, profile) };
}
