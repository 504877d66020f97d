// `weir pack build`: a folder → its archive, if lint and tests find no error in exactly the files that go into it.

import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WafError } from '../../base/errors.ts';
import { findingKinds, hasErrors } from '../../lint/finding.ts';
import { formatFindings } from '../../lint/format.ts';
import { lintPack } from '../../lint/lint-pack.ts';
import { writeArchive } from '../../pack/archive-writer.ts';
import { openFiles } from '../../pack/open-pack.ts';
import { readPackFolder } from '../../pack/pack-folder.ts';
import { commonExitCodes, defineCommand } from '../define-command.ts';
import { outputFolder } from './output-folder.ts';

interface BuildOptions {
  readonly output: string;
  readonly cost?: true;
}

/** `weir pack build`. Exit code 1: the pack has errors, and nothing is written. */
export const buildCommand = defineCommand<BuildOptions>({
  name: 'pack build',
  summary: 'build the archive of a pack, reproducibly, if lint and tests find no error',
  options: (command) =>
    command
      .argument('<folder>', 'the folder of the pack')
      .option('--output <folder>', 'where NAME-VERSION.tgz is written', '.')
      .option('--cost', 'also measure the cost of each rule'),
  run: async ({ args: [folder], options, printer }) => {
    const path = folder as string;
    const output = outputFolder(options.output);
    if (!existsSync(join(path, 'pack.yaml'))) throw new WafError('config.invalid', `${path}: it contains no pack.yaml`);
    const files = readPackFolder(path);
    const archive = await writeArchive(files);
    const { claim } = openFiles(path, files, archive);
    const findings = await lintPack(path, files, { withCost: options.cost === true });
    const shown = findings.filter(({ kind }) => findingKinds[kind].level !== 'note');
    if (shown.length > 0) printer.warn(formatFindings(shown, 'human'));
    if (hasErrors(findings) || claim === undefined) return commonExitCodes.failed;
    const file = join(output, `${claim.name}-${claim.version}.tgz`);
    writeFileSync(`${file}.next`, archive);
    renameSync(`${file}.next`, file);
    printer.print(`${file} ${claim.digest}\n`);
    return commonExitCodes.done;
  },
  exitCodeOf: ({ code }) => (code === 'config.invalid' ? commonExitCodes.usage : commonExitCodes.failed),
});
