// `npm run bench -- worst`: the worst requests that we can construct, what they cost by the byte, and how long they hold up the event
// loop.

import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { numberOf, parseFlags, runBench, UsageError, wholeNumberOf } from '../command-line.ts';
import { commitOf } from '../e2e/report/header.ts';
import { recordPath } from '../e2e/report/write.ts';
import { type Group, groupsOf } from './inputs.ts';
import { csvOf, head, summaryOf, tableOf } from './report.ts';
import { candidatesOf, measureGroups, type Row } from './run.ts';

const usage = `npm run bench -- worst [options]

Inspects the worst requests that we can construct, made for each decoder, for readers of heads, for each operator and each
transformation, and those that \`npm run fuzz -- --target work\` found, in the steps and turns in which a server inspects them. Shows
for each part the costliest one by the byte and the one with the longest turn of the event loop. Inputs for operators and
transformations are given to one rule each, all others to the rule set, which detects only: a request that is blocked ends the
work. Times are processor times of the thread, the least of several runs; work is counted in units, which are the same on every
machine. Ends with status 1 when a turn stays longer than --max-turn however often it is measured. About a minute on a quiet
machine.

  --only RE           parts whose names match
  --bytes N           length of a body or value; a head has at most what Envoy allows (default: 65536)
  --runs N            how often the worst inputs of a part are measured (default: 3)
  --max-turn MS       default: 10
  --rules PATH        a file or folder of rules in place of the CRS; may be repeated
  --crs FOLDER        the OWASP Core Rule Set (default: WEIR_CRS, else ../shared/crs; without it the starter pack)
  --record            writes the worst of each part to bench/record/<machine>/<date>-<commit>-worst.csv
  --help
`;

const repository = join(import.meta.dirname, '../..');

/** What the command line asks for. */
interface Options {
  readonly groups: readonly Group[];
  readonly runs: number;
  readonly turnMsMax: number;
  readonly rules: readonly string[];
  readonly isRecorded: boolean;
}

/** Reads the command line. For `--help`, returns text to print instead. @throws UsageError */
function readOptions(args: readonly string[]): Options | string {
  const values = parseFlags(args, {
    only: { type: 'string', default: '' },
    bytes: { type: 'string', default: '65536' },
    runs: { type: 'string', default: '3' },
    'max-turn': { type: 'string', default: '10' },
    rules: { type: 'string', multiple: true },
    crs: { type: 'string', default: process.env.WEIR_CRS ?? join(repository, '../shared/crs') },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  if (values.help) return usage;
  const only = expressionOf('only', values.only);
  const bytes = wholeNumberOf('bytes', values.bytes, { min: 64, max: 16 * 1024 * 1024 });
  const groups = groupsOf(bytes).filter(({ name }) => only.test(name));
  if (groups.length === 0) throw new UsageError(`--only: no part matches ${only}`);
  const crs = existsSync(join(values.crs, 'rules')) ? resolve(values.crs) : join(repository, 'rules/starter');
  return {
    groups,
    runs: wholeNumberOf('runs', values.runs, { min: 1, max: 100 }),
    turnMsMax: numberOf('max-turn', values['max-turn'], { min: 0.01, max: 10_000 }),
    rules: values.rules?.map((path) => resolve(path)) ?? [crs],
    isRecorded: values.record,
  };
}

/** The expression that a flag gives. @throws UsageError */
function expressionOf(flag: string, text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new UsageError(`--${flag}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Returns the path of the record. */
function record(csv: string, commit: string): string {
  const file = recordPath(`${commit}-worst.csv`);
  writeFileSync(file, csv);
  return file;
}

async function run({ groups, runs, turnMsMax, rules, isRecorded }: Options): Promise<number> {
  const commit = commitOf();
  process.stdout.write(`${cpus()[0]?.model ?? process.arch}, Node ${process.version}, ${rules.join(', ')}\n${head}\n`);
  const settings = {
    rules: [...rules, join(import.meta.dirname, '../micro/detect-only.conf')],
    cacheFolder: join(repository, '.cache/pattern-sets'),
    ...{ runs, turnMsMax, onProgress: (sentence: string) => void process.stderr.write(`${sentence}\n`) },
  };
  const recorded: Row[] = [];
  const rows = await measureGroups(groups, settings, (part) => {
    process.stdout.write(tableOf(part));
    recorded.push(...candidatesOf(part));
  });
  process.stdout.write(`\n${summaryOf(rows)}`);
  const header = [
    ['Weir', commit],
    ['machine', `${cpus()[0]?.model ?? process.arch}, ${cpus().length} cores`],
  ] as const;
  if (isRecorded) process.stdout.write(`recorded in ${record(csvOf(recorded, header), commit)}\n`);
  return rows.some(({ cost }) => cost.turnMs > turnMsMax) ? 1 : 0;
}

/** Runs the bench. Returns the exit status: 1 when a turn is too long, 2 when the command line is wrong. */
export const main = (args: readonly string[]): Promise<number> => runBench(args, readOptions, run);
