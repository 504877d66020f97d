// The command line of Weir: commands, options, exit codes. 0: done; 1: what was asked failed; 2: it was asked wrongly.

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { asWafError } from '../base/errors.ts';
import { limitTable } from '../base/limits.ts';
import { defaultListen, type ServeSettings } from '../config/config.ts';
import { failureActions, failureTable } from '../decision/failure-mode.ts';
import { logLevels } from '../telemetry/log.ts';
import { addCacheOptions, type CacheOptions, cacheOf } from './cache-options.ts';
import { heapNotice } from './heap.ts';
import { startServer } from './serve.ts';

/** Exit codes. */
const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** What `serve` was given. */
interface ServeOptions extends CacheOptions {
  readonly listen?: readonly string[];
  readonly rules?: readonly string[];
  readonly detectionOnly?: true;
  readonly holdWindow?: number;
  readonly holdTime?: number;
  readonly limit?: Readonly<Record<string, number>>;
  readonly onFailure?: Readonly<Record<string, string>>;
  readonly allowUnsupported?: true;
  readonly auditLog?: string;
  readonly logValues?: true;
  readonly logLevel?: ServeSettings['logLevel'];
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number <= 0) throw new InvalidArgumentError('It is a positive whole number.');
  return number;
}

function limitSetting(text: string, earlier: Readonly<Record<string, number>> = {}): Record<string, number> {
  const [, name = '', value = ''] = /^(\w+)=(\d+)$/.exec(text) ?? [];
  if (!Object.hasOwn(limitTable, name)) {
    throw new InvalidArgumentError(`Write NAME=NUMBER, with a name out of: ${Object.keys(limitTable).join(', ')}.`);
  }
  return { ...earlier, [name]: wholeNumber(value) };
}

function failureSetting(text: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [cause = '', action = '', ...others] = text.split('=');
  const actions: readonly string[] = failureActions;
  if (!Object.hasOwn(failureTable, cause) || !actions.includes(action) || others.length > 0) {
    const causes = Object.keys(failureTable).join(', ');
    throw new InvalidArgumentError(`Write CAUSE=${actions.join('|')}, with a cause out of: ${causes}.`);
  }
  return { ...earlier, [cause]: action };
}

function createServeCommand(): Command {
  const { holdWindowBytesMax, holdMsMax } = limitTable;
  const command = new Command('serve')
    .description('inspect traffic for Envoy (ext_proc over gRPC) until SIGTERM or SIGINT')
    .option('--listen <address...>', `HOST:PORT or unix:PATH, several if you like (default: ${defaultListen})`)
    .option('--rules <path...>', 'rule files, folders or packs, in order (default: the starter pack)')
    .option('--detection-only', 'report what would be blocked and block nothing')
    .option(
      '--hold-window <bytes>',
      `body held back before the verdict (default: ${holdWindowBytesMax.default})`,
      wholeNumber,
    )
    .option(
      '--hold-time <ms>',
      `longest time that a slow body is held back (default: ${holdMsMax.default})`,
      wholeNumber,
    )
    .option('--limit <name=number>', 'sets any other bound by its name; may be repeated', limitSetting)
    .option('--on-failure <cause=action>', 'block, detect or allow what fails; may be repeated', failureSetting)
    .option('--allow-unsupported', 'skip and report rules that Weir cannot run, instead of refusing to start')
    .option('--audit-log <file>', 'where blocked and suspicious exchanges are logged (default: standard error)')
    .option('--log-values', 'log matched values in full instead of redacted')
    .addOption(new Option('--log-level <level>', 'how much is logged').choices(logLevels).default('info'))
    .action(serve);
  return addCacheOptions(command);
}

function settingsOf(options: ServeOptions): ServeSettings {
  return {
    listen: options.listen ?? [],
    rules: options.rules ?? [],
    engine: options.detectionOnly === true ? 'DetectionOnly' : undefined,
    limits: {
      ...options.limit,
      ...(options.holdWindow === undefined ? {} : { holdWindowBytesMax: options.holdWindow }),
      ...(options.holdTime === undefined ? {} : { holdMsMax: options.holdTime }),
    },
    ...(options.onFailure === undefined ? {} : { onFailure: options.onFailure }),
    allowUnsupported: options.allowUnsupported === true,
    auditLog: options.auditLog,
    redaction: options.logValues === true ? 'full' : 'redacted',
    ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
    ...cacheOf(options),
  };
}

/** A command with a command line of its own; its rooms are only loaded when it is asked for. */
function createOwnCommand(
  name: string,
  description: string,
  load: () => Promise<(words: readonly string[]) => Promise<number>>,
): Command {
  return new Command(name)
    .description(description)
    .argument('[words...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (words: readonly string[]) => {
      const run = await load();
      process.exitCode = await run(words);
    });
}

function createTestCommand(): Command {
  const description = 'run rule tests (go-ftw YAML) and report which expectations did not hold';
  return createOwnCommand('test', description, async () => (await import('./test.ts')).testCommand);
}

function createCheckCommand(): Command {
  const description = 'load rules and report what came of them, without listening anywhere';
  return createOwnCommand('check', description, async () => (await import('./check.ts')).checkCommand);
}

function createExplainCommand(): Command {
  const description = 'say what the rules make of one request, field by field and match by match';
  return createOwnCommand('explain', description, async () => (await import('./explain.ts')).explainCommand);
}

/** Serves until a signal comes. A second signal ends the process at once. */
async function serve(options: ServeOptions): Promise<void> {
  const stopping = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        resolve();
        process.once(signal, () => process.exit(exitCodes.failed));
      });
    }
  });
  const notice = heapNotice([...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)]);
  if (notice !== undefined) console.error(`weir: ${notice}`);
  const server = await startServer(settingsOf(options));
  console.log(server.readyLine);
  await stopping;
  await server.stop();
}

/** Runs a command line (without program names). Returns the exit code; never throws. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  const program = new Command('weir')
    .description('A streaming web application firewall for Envoy')
    .exitOverride()
    .addCommand(createServeCommand().exitOverride())
    .addCommand(createCheckCommand())
    .addCommand(createExplainCommand())
    .addCommand(createTestCommand());
  try {
    await program.parseAsync(words, { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : exitCodes.done;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const error = asWafError(thrown);
    console.error(error.code === 'internal' ? (error.stack ?? error.message) : `weir: ${error.message}`);
    return error.code === 'config.invalid' ? exitCodes.usage : exitCodes.failed;
  }
}

// Nothing that is left, such as a connection whose peer does not read, may keep a stopped server alive.
if (import.meta.main) process.exit(await runCommandLine(process.argv.slice(2)));
