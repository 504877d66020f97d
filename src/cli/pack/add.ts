// `weir pack add`: a CRS plugin, as released by its authors or already a pack → a pack in a folder, recorded in the lock file.

import { WafError } from '../../base/errors.ts';
import { lintPack } from '../../lint/lint-pack.ts';
import { readArchive } from '../../pack/archive.ts';
import { writeArchive } from '../../pack/archive-writer.ts';
import { leftOutOf, type PluginName, packNameOf, parsePluginName, pluginPack } from '../../pack/crs-plugin.ts';
import { fetchPack } from '../../pack/fetch-pack.ts';
import type { PackBytes } from '../../pack/oci-registry.ts';
import { openFiles } from '../../pack/open-pack.ts';
import { readPackFolder } from '../../pack/pack-folder.ts';
import { isFolder } from '../../seclang/folder-source.ts';
import { printable } from '../../telemetry/redact.ts';
import { commonExitCodes, defineCommand } from '../define-command.ts';
import { outputFolder } from './output-folder.ts';
import { addTakeOptions, type TakeOptions, takePack } from './take-pack.ts';

interface AddOptions extends TakeOptions {
  readonly from: string;
}

/** `weir pack add`. Exit code 1: it was not found, is not a plugin of this name, or is refused; nothing is changed then. */
export const addCommand = defineCommand<AddOptions>({
  name: 'pack add',
  summary: 'make a pack from a CRS plugin, and write its version and digest to the lock file',
  options: (command) =>
    addTakeOptions(
      command
        .argument('<plugin>', 'crs-plugin:NAME@VERSION')
        .requiredOption(
          '--from <source>',
          "folder or archive of the plugin's release, https://…, or oci://… of an existing pack",
        ),
    ),
  run: async ({ args: [given], options, printer }) => {
    const plugin = parsePluginName(given as string);
    outputFolder(options.output);
    const { leftOut, ...pack } = await packOf(plugin, options.from);
    printer.print(await takePack(pack, options.from, options));
    for (const path of leftOut)
      printer.warn(`weir pack add: left out: ${printable(path)}: neither a rule file nor a list\n`);
    for (const text of await refusedRules(pack, packNameOf(plugin)))
      printer.warn(`weir pack add: cannot run: ${text}\n`);
    return commonExitCodes.done;
  },
  exitCodeOf: ({ code }) => (code === 'config.invalid' ? commonExitCodes.usage : commonExitCodes.failed),
});

/** Rules that Weir refuses, each with its location. If there are any, the plugin is loaded only with `allowUnsupported`. */
async function refusedRules({ archive }: PackBytes, name: string): Promise<readonly string[]> {
  const findings = await lintPack(name, await readArchive(archive), { withTests: false });
  return findings
    .filter(({ kind }) => kind === 'rule-refused')
    .map(({ file, line, column, ruleId, message }) => {
      const rule = ruleId === undefined ? '' : `rule ${ruleId}: `;
      return printable(
        `${file}:${line}:${column}: ${rule}${message} (use --allow-unsupported to run the plugin without it)`,
      );
    });
}

/** The pack of a plugin: as it is if it is already a pack, else made from the release. */
async function packOf(plugin: PluginName, from: string): Promise<PackBytes & { readonly leftOut: readonly string[] }> {
  const fetched = isFolder(from) ? undefined : await fetchPack(from);
  const files = fetched === undefined ? readPackFolder(from) : await readArchive(fetched.archive);
  if (!files.has('pack.yaml')) {
    const pack = pluginPack(files, plugin);
    return { archive: await writeArchive(pack), signatures: undefined, leftOut: leftOutOf(files, pack) };
  }
  const { manifest } = openFiles(from, files, new Uint8Array());
  const { name, version, kind } = manifest;
  if (kind !== 'crs-plugin' || name !== packNameOf(plugin) || version !== plugin.version) {
    throw new WafError('pack.refused', `${from} is ${name} ${version}, not ${plugin.name} ${plugin.version}`);
  }
  return { ...(fetched ?? { archive: await writeArchive(files), signatures: undefined }), leftOut: [] };
}
