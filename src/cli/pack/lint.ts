// `weir pack lint`: problems of a pack. Parses options, prints the report, chooses the exit code; the rest is in src/lint.

import { Option } from 'commander';
import { hasErrors } from '../../lint/finding.ts';
import { formatFindings, type LintForm, lintForms } from '../../lint/format.ts';
import { filesOfPack, lintPack } from '../../lint/lint-pack.ts';
import { commonExitCodes, defineCommand } from '../define-command.ts';

interface PackLintOptions {
  readonly cost?: true;
  readonly tests: boolean;
  readonly output: LintForm;
}

/** `weir pack lint`. Exit code 1: there are errors; warnings and notes do not count. */
export const lintCommand = defineCommand<PackLintOptions>({
  name: 'pack lint',
  summary: 'report problems of a pack: manifest, rules, missing and failing tests',
  options: (command) =>
    command
      .argument('<pack>', 'folder or archive')
      .option('--cost', 'also measure the cost of each rule, which takes a while')
      .option('--no-tests', 'do not run tests')
      .addOption(new Option('--output <format>', 'format of the report').choices(lintForms).default('human')),
  run: async ({ args: [path], options, printer }) => {
    const files = await filesOfPack(path as string);
    const findings = await lintPack(path as string, files, {
      withCost: options.cost === true,
      withTests: options.tests,
    });
    printer.print(formatFindings(findings, options.output));
    return hasErrors(findings) ? commonExitCodes.failed : commonExitCodes.done;
  },
  exitCodeOf: ({ code }) => (code === 'config.invalid' ? commonExitCodes.usage : commonExitCodes.failed),
});
