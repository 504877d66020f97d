// `weir pack promote`: sets the mode of a pack's version in a configuration file. Reads and writes the file; a server takes it on reload.

import { randomUUID } from 'node:crypto';
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { valid } from 'semver';
import { asWafError, WafError } from '../../base/errors.ts';
import { readInputFile } from '../../base/input-file.ts';
import { loadConfig } from '../../config/load.ts';
import { setPackMode } from '../../config/set-pack-mode.ts';
import { isPackName } from '../../pack/manifest.ts';
import { formatPackMode, parsePackMode } from '../../pack/pack-use.ts';
import { commonExitCodes, defineCommand } from '../define-command.ts';

interface PromoteOptions {
  readonly config: string;
  readonly profile?: string;
}

/** `weir pack promote`. */
export const promoteCommand = defineCommand<PromoteOptions>({
  name: 'pack promote',
  summary: 'set the mode of a version of a pack in a configuration file; a server takes it on reload',
  options: (command) =>
    command
      .argument('<name>', 'name of the pack')
      .argument('<version>', 'version')
      .argument('<mode>', 'detect, "shadow N %" or block')
      .option('-c, --config <file>', 'configuration file', 'weir.yaml')
      .option('--profile <name>', 'in this profile, not at the top of the file'),
  run: async ({ args: [name, version, written], options: { config, profile }, printer }) => {
    const mode = parsePackMode(written as string);
    if (mode === undefined) {
      throw new WafError('config.invalid', `"${written}" is none of block, detect and "shadow N %"`);
    }
    if (!isPackName(name as string)) throw new WafError('config.invalid', `"${name}" is no name of a pack`);
    if (valid(version as string) !== version) throw new WafError('config.invalid', `"${version}" is no version`);
    // What is wrong with the file is told by the name that was given.
    loadConfig(config);
    const promotion = { name: name as string, version: version as string, mode, profile };
    const { text, before } = setPackMode(readInputFile(config).toString('utf8'), promotion);
    replaceConfig(realpathSync(config), text);
    printer.print(`${config}: ${name} ${version}: ${before ?? 'no mode'} -> ${formatPackMode(mode)}\n`);
    return commonExitCodes.done;
  },
});

/** Puts a text in the place of a file in one step, when it can be loaded. @throws WafError `config.invalid`. */
function replaceConfig(file: string, text: string): void {
  const aside = `${file}.next-${randomUUID()}`;
  try {
    writeFileSync(aside, text, { flag: 'wx', mode: statSync(file).mode & 0o777 });
    loadConfig(aside);
    renameSync(aside, file);
  } catch (thrown) {
    const error = asWafError(thrown);
    throw new WafError('config.invalid', `${file} is not changed: ${error.message}`, { cause: error });
  } finally {
    rmSync(aside, { force: true });
  }
}
