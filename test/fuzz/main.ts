// `npm run fuzz`: runs the fuzz targets one after the other, each for a given number of seconds, prints progress, and ends with a
// table and status 1 when something was found.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { readCorpus, writeCorpus } from './corpus.ts';
import type { Finding, FuzzProgress } from './fuzzer.ts';
import { buildNative, runNative } from './native-session.ts';
import { runSession, type SessionOptions, type SessionOutcome } from './session.ts';
import { type TargetEntry, targetList } from './target-list.ts';

const repository = join(import.meta.dirname, '../..');
const findingFolder = join(repository, 'build/fuzz/findings');

const usage = `Usage: npm run fuzz -- [options]

Feeds decoders, parsers and the native code inputs that nobody thought of, guided by coverage, and checks what must hold for
every input. An input for which it does not is written to build/fuzz/findings, and the status is 1.

  --target NAME    run this target only; may be repeated
  --seconds N      time for each target (default 60)
  --seed N         where random numbers start (default 1)
  --input FILE     run one input, not a search; needs one --target
  --save           put the smallest inputs that reach all that was reached into test/fuzz/corpus
  --list           name the targets
  --help           this text

The targets of C++ need clang 14 or newer with its sanitizers; the others need nothing.
`;

interface Options {
  readonly targets: readonly TargetEntry[];
  readonly seconds: number;
  readonly seed: number;
  readonly inputPath: string | undefined;
  readonly input: Uint8Array | undefined;
  readonly isSaving: boolean;
}

/** What is wrong with the arguments. */
class UsageError extends Error {}

function readOptions(args: readonly string[]): Options | 'help' | 'list' {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
  if (values.help) return 'help';
  if (values.list) return 'list';
  const names = values.target;
  const unknown = names.find((name) => !targetList.some((entry) => entry.name === name));
  if (unknown !== undefined) throw new UsageError(`there is no target "${unknown}"; --list names them`);
  const targets = names.length === 0 ? targetList : targetList.filter(({ name }) => names.includes(name));
  if (values.input !== undefined && targets.length !== 1) throw new UsageError('--input needs one --target');
  return {
    targets,
    seconds: numberOf('--seconds', values.seconds, 86_400),
    seed: numberOf('--seed', values.seed, 0xffffffff),
    inputPath: values.input,
    input: values.input === undefined ? undefined : readInput(values.input),
    isSaving: values.save,
  };
}

function readInput(path: string): Uint8Array {
  try {
    return Uint8Array.from(readFileSync(path));
  } catch (cause) {
    throw new UsageError(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      target: { type: 'string', multiple: true, default: [] },
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      input: { type: 'string' },
      save: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
}

function numberOf(name: string, text: string, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= max) return value;
  throw new UsageError(`${name} takes a whole number from 1 to ${max}, not "${text}"`);
}

interface Row {
  readonly entry: TargetEntry;
  readonly progress: FuzzProgress;
  readonly seconds: number;
  readonly findings: readonly Finding[];
}

async function runTarget(entry: TargetEntry, { seconds, seed, input, isSaving }: Options): Promise<Row> {
  const startMs = performance.now();
  const elapsed = (): number => (performance.now() - startMs) / 1000;
  let told = 0;
  const onProgress = (progress: FuzzProgress): void => {
    if (elapsed() < told + 10) return;
    told = elapsed();
    console.log(lineOf({ entry, progress, seconds: told, findings: [] }));
  };
  const order: SessionOptions = {
    target: entry.name,
    module: `./targets/${entry.name}.ts`,
    seed,
    msMax: seconds * 1000,
    runsMax: Number.POSITIVE_INFINITY,
    wantsCorpus: isSaving,
    shortens: true,
    onProgress,
    ...(input !== undefined && { input }),
  };
  const outcome: SessionOutcome = await (entry.kind === 'native' ? runNative(order) : runSession(order));
  if (isSaving && outcome.corpus.length > 0) {
    const noted = readCorpus(entry.name).filter(({ note }) => note !== undefined);
    writeCorpus(entry.name, [...noted, ...outcome.corpus]);
  }
  return { entry, progress: outcome.progress, seconds: elapsed(), findings: outcome.findings };
}

const number = (value: number): string => value.toLocaleString('en');

function lineOf({ entry, progress, seconds }: Row): string {
  const { runs, features, corpusInputs, corpusBytes } = progress;
  const columns = [
    `${Math.round(seconds)} s`.padStart(6),
    `${number(runs)} runs`.padStart(16),
    `${number(Math.round(runs / Math.max(seconds, 0.001)))}/s`.padStart(10),
    `${number(features)} features`.padStart(16),
    `${number(corpusInputs)} inputs kept (${number(Math.ceil(corpusBytes / 1024))} KiB)`.padStart(28),
  ];
  return `${entry.name.padEnd(18)}${columns.join(' ')}`;
}

/** Writes the input to a file and prints how to run it again. */
function tell(name: string, finding: Finding, inputPath: string | undefined): void {
  const digest = createHash('sha256').update(finding.input).digest('hex').slice(0, 12);
  const path = inputPath ?? join(findingFolder, `${name}-${digest}.bin`);
  if (inputPath === undefined) {
    mkdirSync(findingFolder, { recursive: true });
    writeFileSync(path, finding.input);
  }
  const shown = relative(repository, path);
  console.log(`\nFOUND by ${name}, ${finding.input.length} bytes in ${shown}:\n${finding.error}`);
  console.log(`Again: npm run fuzz -- --target ${name} --input ${shown}\n`);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(usage);
    return 0;
  }
  if (options === 'list') {
    for (const { name, about, kind } of targetList) console.log(`${name.padEnd(18)} ${kind.padEnd(11)} ${about}`);
    return 0;
  }
  if (options.targets.some(({ kind }) => kind === 'native')) await buildNative();
  const rows: Row[] = [];
  for (const entry of options.targets) {
    console.log(
      `${entry.name}: ${entry.about}${options.inputPath === undefined ? `, ${options.seconds} seconds` : ''}`,
    );
    const row = await runTarget(entry, options);
    for (const finding of row.findings) tell(entry.name, finding, options.inputPath);
    rows.push(row);
  }
  console.log('');
  for (const row of rows)
    console.log(`${lineOf(row)}   ${row.findings.length === 0 ? 'ok' : `${row.findings.length} FOUND`}`);
  return rows.some(({ findings }) => findings.length > 0) ? 1 : 0;
}

// `exit` stops the fuzzer of a native target too.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

try {
  process.exitCode = await main();
} catch (thrown) {
  if (!(thrown instanceof UsageError)) throw thrown;
  console.error(`${thrown.message}\n\n${usage}`);
  process.exitCode = 2;
}
