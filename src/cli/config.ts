// `weir config`: what a configuration file may say, and what one comes to. Reads the command line, prints; all else is in
// src/config.

import { Command, CommanderError } from 'commander';
import { WafError } from '../base/errors.ts';
import { configJsonSchema } from '../config/json-schema.ts';
import { type Printer, standardPrinter } from './printer.ts';

/** Done; the file does not work; the command line is wrong. */
const exitCodes = { fine: 0, problems: 1, usage: 2 } as const;

/** Runs `weir config` with the words that follow `config` on the command line. Returns the exit code. */
export async function configCommand(words: readonly string[], printer: Printer = standardPrinter): Promise<number> {
  const command = withOutput(new Command('weir config'), printer)
    .description('say what a configuration file may say')
    .addCommand(createSchemaCommand(printer));
  try {
    await command.parseAsync(words, { from: 'user' });
    return exitCodes.fine;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
    if (!(thrown instanceof WafError) || thrown.code === 'internal') throw thrown;
    printer.warn(`${thrown.message}\n`);
    return exitCodes.problems;
  }
}

const withOutput = (command: Command, printer: Printer): Command =>
  command
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: printer.print, writeErr: printer.warn });

function createSchemaCommand(printer: Printer): Command {
  return withOutput(new Command('schema'), printer)
    .description('print the JSON Schema of the configuration file, for editors and other programs')
    .action(() => printer.print(`${JSON.stringify(configJsonSchema(), null, 2)}\n`));
}
