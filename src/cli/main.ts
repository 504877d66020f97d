// The command line of Weir: commands, options, exit codes. 0: success; 1: failure; 2: usage error.

import { Command, CommanderError } from 'commander';
import { asWafError, WafError } from '../base/errors.ts';
import { fileProblem } from '../base/file-problem.ts';
import { commands } from './commands.ts';
import { commonExitCodes, type WeirCommand } from './define-command.ts';
import { serve } from './serve.ts';
import { createServeCommand, type ServeOptions } from './serve-options.ts';

/** A command that parses its own arguments. Its module is loaded for its summary only if the summary is shown. */
async function ownCommand(name: string, load: () => Promise<WeirCommand>, isShown: boolean): Promise<Command> {
  return new Command(name)
    .description(isShown ? (await load()).summary : '')
    .argument('[words...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (words: readonly string[]) => {
      const run = await load();
      process.exitCode = await run(words);
    });
}

/** The message for a missing file that the user named, if that is the error. */
function missingFile(thrown: unknown): string | undefined {
  const cause = thrown instanceof WafError && thrown.code === 'internal' ? thrown.cause : thrown;
  const { code, path } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  const isOfPath = ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG'].includes(code ?? '');
  if (!isOfPath || path === undefined) return undefined;
  return `${path}: ${code === 'ENOENT' ? 'no such file or folder' : fileProblem(cause)}`;
}

/** Runs a command line (without program names). Returns the exit code; never throws. `serve` ends the process when it is done. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  const program = new Command('weir')
    .description('A streaming web application firewall for Envoy')
    .version(/^(?:-V|--version)$/.test(words[0] ?? '') ? (await import('./version.ts')).versionLine() : 'weir')
    // The help of each command lists its own arguments.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride()
    .addCommand(
      createServeCommand()
        .action((options: ServeOptions) => serve(options, words.slice(1)))
        .exitOverride(),
    );
  const isHelp = words[0] === undefined || /^(?:-h|--help|help)$/.test(words[0]);
  for (const [name, load] of Object.entries(commands)) program.addCommand(await ownCommand(name, load, isHelp));
  try {
    await program.parseAsync(words, { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : commonExitCodes.done;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? commonExitCodes.done : commonExitCodes.usage;
    const file = missingFile(thrown);
    if (file !== undefined) {
      console.error(`weir: ${file}`);
      return commonExitCodes.usage;
    }
    const error = asWafError(thrown);
    console.error(error.code === 'internal' ? (error.stack ?? error.message) : `weir: ${error.message}`);
    return error.code === 'config.invalid' ? commonExitCodes.usage : commonExitCodes.failed;
  }
}

/**
 * Runs a command line as this process, which then ends by itself once its output has been read, however slow the reader is. A
 * closed pipe ends it.
 */
export async function runProcess(words: readonly string[]): Promise<void> {
  process.stdout.on('error', () => process.exit(commonExitCodes.failed));
  process.exitCode = await runCommandLine(words);
}

if (import.meta.main) await runProcess(process.argv.slice(2));
