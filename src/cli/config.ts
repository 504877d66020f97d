// `weir config`: the schema of the configuration file, its check, and the effective configuration. Parses options, prints; the
// rest is in src/config.

import { configOf } from '../config/config.ts';
import { configJsonSchema } from '../config/json-schema.ts';
import { loadConfig } from '../config/load.ts';
import { ProfileSource } from '../server/profile-source.ts';
import { createLog } from '../telemetry/log.ts';
import { cacheOf } from './cache-options.ts';
import { createShowCommand } from './config-show.ts';
import { commonExitCodes, defineCommand, quietCommand } from './define-command.ts';
import { packsOf } from './pack-policies.ts';
import type { Printer } from './printer.ts';

/** `weir config`. */
export const configCommand = defineCommand({
  name: 'config',
  summary: 'show what a configuration file may contain, check one, and show what it comes to',
  options: (command, printer) =>
    command
      .addCommand(createSchemaCommand(printer))
      .addCommand(createCheckCommand(printer))
      .addCommand(createShowCommand(printer)),
  exitCodeOf: () => commonExitCodes.failed,
});

const createSchemaCommand = (printer: Printer) =>
  quietCommand(
    'schema',
    'print the JSON Schema of the configuration file, for editors and other programs',
    printer,
  ).action(() => printer.print(`${JSON.stringify(configJsonSchema(), null, 2)}\n`));

const createCheckCommand = (printer: Printer) =>
  quietCommand('check', 'read a configuration file and load the rules of all its profiles; opens no port', printer)
    .argument('[file]', 'the file', 'weir.yaml')
    .action(async (file: string) => {
      const { cache, trust, lock, ...loaded } = loadConfig(file);
      const { socketMode: _, socketUser: _user, socketGroup: _group, ...settings } = loaded;
      const config = configOf({ ...settings, ...cacheOf({}, cache), packs: packsOf({}, { trust, lock }) });
      // Prints what a server would log as warnings, only the messages.
      const log = createLog('warn', { write: (line) => printer.warn(`${JSON.parse(line).msg}\n`) });
      const profiles = await ProfileSource.open(config, log);
      profiles.close();
      printer.print(`${file} is valid: ${config.profiles.size} profiles, ${config.routes.length} routes\n`);
    });
