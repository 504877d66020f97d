// `weir config show`: the effective configuration from a file and options, with the origin of each value.

import { type Command, Option } from 'commander';
import { WafError } from '../base/errors.ts';
import type { ProfileDefault } from '../base/profile-default.ts';
import { unknownName } from '../base/unknown-name.ts';
import { type AdminSettings, configOf } from '../config/config.ts';
import { effectiveProfile, effectiveSettings, masked } from '../config/effective.ts';
import { readConfig } from '../config/load.ts';
import type { ProfileConfig } from '../config/profiles.ts';
import { type ShownExtra, showConfig, showForms } from '../config/show-config.ts';
import type { PackOptions } from '../pack/open-pack.ts';
import { profileDefaultsOf } from '../pack/open-rules.ts';
import { quietCommand } from './define-command.ts';
import type { Printer } from './printer.ts';
import { flagSettingsOf } from './serve-flags.ts';
import { addServeOptions, type ServeOptions, settingsReader } from './serve-options.ts';

interface ShowOptions extends ServeOptions {
  readonly format: (typeof showForms)[number];
  readonly profile?: string;
}

/** The command. */
export function createShowCommand(printer: Printer): Command {
  const summary =
    'print the effective configuration from a file and options of `weir serve`, with the origin of each value';
  const command = quietCommand('show', summary, printer)
    .argument('[file]', 'the file, same as --config')
    .addOption(new Option('--format <format>', 'output format').choices(showForms).default('yaml'))
    .option('--profile <name>', 'print only this profile, with all of its limits');
  return addServeOptions(command).action(async (file: string | undefined, given: ShowOptions) => {
    if (file !== undefined && given.config !== undefined) {
      throw new WafError('config.invalid', 'the file is given twice, as FILE and with --config');
    }
    const config = file ?? given.config;
    const options: ShowOptions = config === undefined ? given : { ...given, config };
    printer.print(showConfig(await shownOf(options), options.format));
  });
}

async function shownOf(options: ShowOptions) {
  // Read as `weir serve` would, so that all problems are reported.
  const { profiles, admin, packs } = configOf((await settingsReader(options))());
  const { profile, config } = options;
  const sources = {
    file: config === undefined ? undefined : readConfig(config),
    flags: flagSettingsOf(options),
    environment: process.env,
    packDefaults: await packDefaultsOf(profiles.values(), packs),
  };
  if (profile === undefined) return { settings: effectiveSettings(sources), extras: extrasOf(options, admin) };
  if (!profiles.has(profile)) {
    throw new WafError('config.invalid', unknownName(profile, [...profiles.keys()], { kind: 'profile' }));
  }
  return { settings: effectiveProfile(profile, sources), extras: [] };
}

/**
 * The defaults that packs set for each profile. @throws the errors of opening packs, because `weir serve` would not start either.
 */
async function packDefaultsOf(profiles: Iterable<ProfileConfig>, packs: PackOptions) {
  const defaults = new Map<string, readonly ProfileDefault[]>();
  for (const { name, engine, rules, packUses } of profiles) {
    if (engine !== 'Off') defaults.set(name, await profileDefaultsOf(rules, { ...packs, uses: packUses }));
  }
  return defaults;
}

/** Settings that are in effect but have no key in the file. */
function extrasOf(options: ShowOptions, admin: AdminSettings | undefined): readonly ShownExtra[] {
  const variable = 'WEIR_ADMIN_TOKEN';
  const isTokenGiven = admin !== undefined && admin.tokenFile === undefined && process.env[variable] !== undefined;
  const token: ShownExtra = {
    name: 'token of the admin address',
    value: masked,
    origin: { kind: 'environment', variables: [variable] },
  };
  return [
    ...(isTokenGiven ? [token] : []),
    ...flagExtra('--allow-downgrade', options.allowDowngrade),
    ...flagExtra('--allow-expired', options.allowExpired),
  ];
}

const flagExtra = (flag: string, value: true | undefined): readonly ShownExtra[] =>
  value === undefined ? [] : [{ name: flag.slice('--'.length), value, origin: { kind: 'flag', flag } }];
