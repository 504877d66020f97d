// `weir config`: what a configuration file may say, and what one comes to. Reads the command line, prints; all else is in
// src/config.

import { configJsonSchema } from '../config/json-schema.ts';
import { commonExitCodes, defineCommand, quietCommand } from './define-command.ts';
import type { Printer } from './printer.ts';

/** `weir config`. */
export const configCommand = defineCommand({
  name: 'config',
  summary: 'show what a configuration file may contain',
  options: (command, printer) => command.addCommand(createSchemaCommand(printer)),
  exitCodeOf: () => commonExitCodes.failed,
});

const createSchemaCommand = (printer: Printer) =>
  quietCommand(
    'schema',
    'print the JSON Schema of the configuration file, for editors and other programs',
    printer,
  ).action(() => printer.print(`${JSON.stringify(configJsonSchema(), null, 2)}\n`));
