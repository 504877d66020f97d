// What the benches' command lines have in common: flags, their errors, exit statuses, signals. Knows no bench.

import { resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** A wrong command line; the message is for the user. */
export class UsageError extends Error {}

type Flags = NonNullable<ParseArgsConfig['options']>;

/** The values of flags. @throws UsageError for a flag that is not among `options`, or has a value of another kind. */
export function parseFlags<const Options extends Flags>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The flags of benches that take rounds through Envoy. */
export const roundFlags = {
  quick: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  crs: { type: 'string', default: process.env.WEIR_CRS ?? '../shared/crs' },
  'service-on-node': { type: 'boolean', default: false },
  out: { type: 'string' },
  record: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const satisfies Flags;

/** Most rounds that may be asked for: figures of a day are no better than those of an hour. */
const roundsMax = 100;
/** Fewest and most seconds of a part of a round. */
const secondsRange = { min: 0.05, max: 600 } as const;

/** What `roundFlags` gave. */
interface RoundValues {
  readonly rounds?: string | undefined;
  readonly seconds?: string | undefined;
  readonly crs: string;
  readonly 'service-on-node': boolean;
  readonly out?: string | undefined;
  readonly record: boolean;
}

/** What the flags of rounds mean. */
export interface RoundOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly crs: string;
  readonly isServiceOnNode: boolean;
  readonly outFolder: string;
  readonly isRecorded: boolean;
}

/** Reads the flags of rounds. @param defaults for those that were not given. @throws UsageError */
export function roundOptionsOf(
  values: RoundValues,
  defaults: { readonly rounds: number; readonly seconds: number; readonly outFolder: string },
): RoundOptions {
  const { rounds, seconds } = values;
  return {
    rounds: rounds === undefined ? defaults.rounds : wholeNumberOf('rounds', rounds, { min: 1, max: roundsMax }),
    seconds: seconds === undefined ? defaults.seconds : numberOf('seconds', seconds, secondsRange),
    crs: resolve(values.crs),
    isServiceOnNode: values['service-on-node'],
    outFolder: resolve(values.out ?? defaults.outFolder),
    isRecorded: values.record,
  };
}

/** Those whose names are given, in their own order. @throws UsageError for an unknown name. */
export function chosen<T extends { readonly name: string }>(
  all: readonly T[],
  names: readonly string[] | undefined,
  what: string,
): readonly T[] {
  if (names === undefined) return all;
  const unknown = names.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new UsageError(`there is no ${what} "${unknown}": ${all.map(({ name }) => name).join(', ')}`);
  return all.filter((one) => names.includes(one.name));
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** The number that a flag gives. @throws UsageError */
export function numberOf(flag: string, text: string, { min, max }: Range): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max))
    throw new UsageError(`--${flag} takes a number from ${min} to ${max}, not "${text}"`);
  return value;
}

/** The same for a whole number. @throws UsageError */
export function wholeNumberOf(flag: string, text: string, range: Range): number {
  const value = numberOf(flag, text, range);
  if (!Number.isInteger(value)) throw new UsageError(`--${flag} takes a whole number, not "${text}"`);
  return value;
}

/** Child processes end with this one; temporary folders are removed at `exit`, which a signal does not trigger by itself. */
function exitOnSignals(): void {
  const status = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const signal of Object.keys(status) as (keyof typeof status)[])
    process.once(signal, () => process.exit(status[signal]));
}

/**
 * Runs a bench with what it reads from its command line, or prints the text that it has in place of that. Returns the exit status: that
 * of the bench, 2 when the command line is wrong.
 */
export async function runBench<Options extends object>(
  args: readonly string[],
  readOptions: (args: readonly string[]) => Options | string,
  run: (options: Options) => Promise<number>,
): Promise<number> {
  try {
    const options = readOptions(args);
    if (typeof options === 'string') {
      process.stdout.write(options);
      return 0;
    }
    exitOnSignals();
    return await run(options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}
