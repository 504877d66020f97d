// `weir pack promote`: sets the mode of a version of a pack in a configuration file. The server reads the file on reload.

import { randomUUID } from 'node:crypto';
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { valid } from 'semver';
import { asWafError, WafError } from '../../base/errors.ts';
import { readInputFile } from '../../base/input-file.ts';
import { unknownName } from '../../base/unknown-name.ts';
import { starterPack } from '../../config/config.ts';
import { type FileSettings, loadConfig } from '../../config/load.ts';
import { setPackMode } from '../../config/set-pack-mode.ts';
import { isPack } from '../../pack/is-pack.ts';
import { isPackName } from '../../pack/manifest.ts';
import { openPack } from '../../pack/open-pack.ts';
import { formatPackMode, parsePackMode } from '../../pack/pack-use.ts';
import { commonExitCodes, defineCommand } from '../define-command.ts';
import type { Printer } from '../printer.ts';

interface PromoteOptions {
  readonly config: string;
  readonly profile?: string;
}

/** `weir pack promote`. */
export const promoteCommand = defineCommand<PromoteOptions>({
  name: 'pack promote',
  summary: 'set the mode of a version of a pack in a configuration file; takes effect on reload',
  options: (command) =>
    command
      .argument('<name>', 'name of the pack')
      .argument('<version>', 'version')
      .argument('<mode>', 'detect, "shadow N %" or block')
      .option('-c, --config <file>', 'configuration file', 'weir.yaml')
      .option('--profile <name>', 'in this profile instead of the top of the file'),
  run: async ({ args: [name, version, written], options: { config, profile }, printer }) => {
    const mode = parsePackMode(written as string);
    if (mode === undefined) {
      throw new WafError('config.invalid', `"${written}" is not one of block, detect and "shadow N %"`);
    }
    if (!isPackName(name as string)) throw new WafError('config.invalid', `"${name}" is not a pack name`);
    if (valid(version as string) !== version) throw new WafError('config.invalid', `"${version}" is not a version`);
    // Problems of the file are reported with the name given on the command line.
    await tellOfVersions(name as string, version as string, { settings: loadConfig(config), printer });
    const promotion = { name: name as string, version: version as string, mode, profile };
    const { text, before } = setPackMode(readInputFile(config).toString('utf8'), promotion);
    replaceConfig(realpathSync(config), text);
    printer.print(`${config}: ${name} ${version}: ${before ?? 'no mode'} -> ${formatPackMode(mode)}\n`);
    return commonExitCodes.done;
  },
});

/**
 * An entry for a pack that is not among the rules would prevent the server from loading the file.
 * @throws WafError `config.invalid` for such a pack, and the errors of opening packs.
 */
async function tellOfVersions(
  name: string,
  version: string,
  { settings, printer }: { readonly settings: FileSettings; readonly printer: Printer },
): Promise<void> {
  const { rules = [starterPack], profiles = {} } = settings;
  const paths = new Set([...rules, ...Object.values(profiles).flatMap((profile) => profile.rules ?? [])]);
  const packs = await Promise.all([...paths].filter(isPack).map((path) => openPack(path, { allowExpired: true })));
  const names = packs.flatMap(({ manifest }) => manifest.name ?? []);
  if (!names.includes(name)) {
    const problem = unknownName(name, names, { kind: 'pack', none: 'there are no packs among the rules' });
    throw new WafError('config.invalid', problem);
  }
  const versions = packs.flatMap(({ manifest }) => (manifest.name === name ? (manifest.version ?? []) : []));
  if (versions.includes(version)) return;
  printer.warn(
    `weir pack promote: the rules contain ${name} ${versions.join(', ')}; the entry applies once ${version} is among them\n`,
  );
}

/** Replaces a file atomically, if the new text can be loaded. @throws WafError `config.invalid`. */
function replaceConfig(file: string, text: string): void {
  const aside = `${file}.next-${randomUUID()}`;
  try {
    writeFileSync(aside, text, { flag: 'wx', mode: statSync(file).mode & 0o777 });
    loadConfig(aside);
    renameSync(aside, file);
  } catch (thrown) {
    const error = asWafError(thrown);
    throw new WafError('config.invalid', `${file} was not changed: ${error.message}`, { cause: error });
  } finally {
    rmSync(aside, { force: true });
  }
}
