// `weir config show`: what a configuration file and options come to, and where each value came from.

import { type Command, Option } from 'commander';
import { WafError } from '../base/errors.ts';
import { unknownName } from '../base/unknown-name.ts';
import { type AdminSettings, configOf } from '../config/config.ts';
import { effectiveProfile, effectiveSettings, masked } from '../config/effective.ts';
import { readConfig } from '../config/load.ts';
import { type ShownExtra, showConfig, showForms } from '../config/show-config.ts';
import { quietCommand } from './define-command.ts';
import type { Printer } from './printer.ts';
import { flagSettingsOf } from './serve-flags.ts';
import { addServeOptions, type ServeOptions, settingsOf } from './serve-options.ts';

interface ShowOptions extends ServeOptions {
  readonly format: (typeof showForms)[number];
  readonly profile?: string;
}

/** The command. */
export function createShowCommand(printer: Printer): Command {
  const summary = 'print what a configuration file and options of `weir serve` come to, and where each value came from';
  const command = quietCommand('show', summary, printer)
    .argument('[file]', 'the file, as --config')
    .addOption(new Option('--format <format>', 'how it is printed').choices(showForms).default('yaml'))
    .option('--profile <name>', 'only what this profile comes to, with all of its limits');
  return addServeOptions(command).action((file: string | undefined, given: ShowOptions) => {
    if (file !== undefined && given.config !== undefined) {
      throw new WafError('config.invalid', 'the file is named twice, as FILE and by --config');
    }
    const config = file ?? given.config;
    const options: ShowOptions = config === undefined ? given : { ...given, config };
    printer.print(showConfig(shownOf(options), options.format));
  });
}

function shownOf(options: ShowOptions) {
  // As `weir serve` would read it: with every problem told.
  const { profiles, admin } = configOf(settingsOf(options));
  const { profile, config } = options;
  const sources = {
    file: config === undefined ? undefined : readConfig(config),
    flags: flagSettingsOf(options),
    environment: process.env,
  };
  if (profile === undefined) return { settings: effectiveSettings(sources), extras: extrasOf(options, admin) };
  if (!profiles.has(profile)) {
    throw new WafError('config.invalid', unknownName(profile, [...profiles.keys()], { kind: 'profile' }));
  }
  return { settings: effectiveProfile(profile, sources), extras: [] };
}

/** What counts and cannot stand in the file. */
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
