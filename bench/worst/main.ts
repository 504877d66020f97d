// `npm run bench -- worst`: the worst requests that we can construct, what they cost by the byte, and how long they hold up the event
// loop.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { numberOf, UsageError } from '../e2e/options.ts';
import { commitOf } from '../e2e/report/header.ts';
import { groupsOf } from './inputs.ts';
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

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', default: '' },
        bytes: { type: 'string', default: '65536' },
        runs: { type: 'string', default: '3' },
        'max-turn': { type: 'string', default: '10' },
        rules: { type: 'string', multiple: true },
        crs: { type: 'string', default: process.env.WEIR_CRS ?? join(repository, '../shared/crs') },
        record: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function record(csv: string, commit: string): string {
  const folder = join(import.meta.dirname, '../record', `${process.arch}-${cpus().length}-cores`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${new Date().toISOString().slice(0, 10)}-${commit}-worst.csv`);
  writeFileSync(file, csv);
  return file;
}

async function run(values: ReturnType<typeof parse>): Promise<number> {
  const bytes = numberOf('bytes', values.bytes, { min: 64, max: 16 * 1024 * 1024 });
  const runs = numberOf('runs', values.runs, { min: 1, max: 100 });
  const turnMsMax = numberOf('max-turn', values['max-turn'], { min: 0.01, max: 10_000 });
  const only = new RegExp(values.only);
  const groups = groupsOf(bytes).filter(({ name }) => only.test(name));
  if (groups.length === 0) throw new UsageError(`--only: no part matches ${only}`);
  const crs = existsSync(join(values.crs, 'rules')) ? resolve(values.crs) : join(repository, 'rules/starter');
  const rules = values.rules?.map((path) => resolve(path)) ?? [crs];
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
  if (values.record) process.stdout.write(`recorded in ${record(csvOf(recorded, header), commit)}\n`);
  return rows.some(({ cost }) => cost.turnMs > turnMsMax) ? 1 : 0;
}

/** Runs the bench. Returns the exit status: 1 when a turn is too long, 2 when the command line is wrong. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const values = parse(args);
    if (!values.help) return await run(values);
    process.stdout.write(usage);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}
