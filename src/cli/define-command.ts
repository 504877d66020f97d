// Defines and runs a command of `weir`: parses its arguments, routes its output, and turns errors into a message and an exit
// code. Knows no command.

import { Command, CommanderError } from 'commander';
import { asWafError, type WafError } from '../base/errors.ts';
import { type Printer, standardPrinter } from './printer.ts';

/** A parsed command line. */
export interface CommandCall<Options> {
  readonly options: Options;
  /** Positional arguments, in the order of their declaration; undefined for an optional one that is missing. */
  readonly args: readonly unknown[];
  readonly printer: Printer;
}

/** One command. */
export interface CommandDefinition<Options> {
  /** The word after `weir`. */
  readonly name: string;
  /** What it does, verb first: for `weir --help`, its own help, and docs/commands.md. */
  readonly summary: string;
  /** Adds its arguments and options, or subcommands, which print for themselves. */
  readonly options: (command: Command, printer: Printer) => Command;
  /** Runs it and returns the exit code; absent for a command with subcommands. */
  readonly run?: (call: CommandCall<Options>) => Promise<number>;
  /** The exit code for its errors other than `internal`. Default: `usage`. */
  readonly exitCodeOf?: (error: WafError) => number;
  /** An additional sentence for a command line that does not parse, if there is one. */
  readonly hint?: (error: CommanderError, words: readonly string[]) => string | undefined;
}

/** A command that can be run. */
export interface WeirCommand {
  /** Runs it with the arguments after its name. Returns the exit code; throws internal errors only. */
  (words: readonly string[], printer?: Printer): Promise<number>;
  readonly summary: string;
}

/** Where a group stores the exit code of the subcommand that ran; no option has this name. */
const codeOfOwn = '(exit code)';

/** Exit codes with the same meaning for every command. */
export const commonExitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** Makes a command. */
export function defineCommand<Options extends object>(definition: CommandDefinition<Options>): WeirCommand {
  const run = (words: readonly string[], printer: Printer = standardPrinter) => runCommand(definition, words, printer);
  return Object.assign(run, { summary: definition.summary });
}

/**
 * Makes a command with subcommands, by name in the order of its help; each is defined as `weir NAME WORD` with its own options
 * and exit codes.
 */
export function defineCommandGroup(
  name: string,
  summary: string,
  commands: Readonly<Record<string, WeirCommand>>,
): WeirCommand {
  return defineCommand({
    name,
    summary,
    options: (group, printer) => {
      for (const [word, run] of Object.entries(commands)) {
        const one = new Command(word).description(run.summary).argument('[words...]').allowUnknownOption();
        one.helpOption(false);
        group.addCommand(
          one.action(
            async (words: readonly string[]) => void group.setOptionValue(codeOfOwn, await run(words, printer)),
          ),
        );
      }
      return group;
    },
  });
}

/** A command or subcommand that does not end the process and prints through the given printer. */
export function quietCommand(name: string, summary: string, printer: Printer): Command {
  return new Command(name)
    .description(summary)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: printer.print, writeErr: printer.warn });
}

async function runCommand<Options extends object>(
  definition: CommandDefinition<Options>,
  words: readonly string[],
  printer: Printer,
): Promise<number> {
  const { name, summary, options, run } = definition;
  let code: number = commonExitCodes.done;
  const command = options(quietCommand(`weir ${name}`, summary, printer), printer);
  if (run !== undefined) {
    command.action(async () => {
      code = await run({ options: command.opts<Options>(), args: command.processedArgs, printer });
    });
  }
  try {
    await command.parseAsync(words, { from: 'user' });
    return command.getOptionValue(codeOfOwn) ?? code;
  } catch (thrown) {
    return exitCodeFor(definition, thrown, { words, printer });
  }
}

function exitCodeFor(
  { name, exitCodeOf, hint }: Pick<CommandDefinition<object>, 'name' | 'exitCodeOf' | 'hint'>,
  thrown: unknown,
  { words, printer }: { readonly words: readonly string[]; readonly printer: Printer },
): number {
  if (thrown instanceof CommanderError) {
    const more = hint?.(thrown, words);
    if (more !== undefined) printer.warn(`weir ${name}: ${more}\n`);
    return thrown.exitCode === 0 ? commonExitCodes.done : commonExitCodes.usage;
  }
  const error = asWafError(thrown);
  if (error.code === 'internal') throw thrown;
  printer.warn(`weir ${name}: ${error.message}\n`);
  return exitCodeOf?.(error) ?? commonExitCodes.usage;
}
