// Runs every case on every engine, each pair in a fresh process, engines taking turns. An engine that lets the
// attack pass or stops the benign twin is reported as wrong and never timed; the run then ends with status 1.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Case, Exchange, Measurement } from './case.ts';
import { cases } from './cases/index.ts';
import { measureModSecurity, prepareModSecurity } from './engines/modsecurity.ts';
import { writeRulesFile } from './rules-file.ts';

const usage = `npm run bench -- [--case RE] [--budget MS] [--rounds N] [--crs FOLDER] [--record]

Times whole exchanges through Weir's engine and through libmodsecurity on OWASP CRS at paranoia level 1, in turns,
and prints the medians and their ratio. --record writes bench/record/<machine>/<date>-<commit>.csv.

Other parts, each with a --help of its own:
  npm run bench -- e2e        through a real Envoy, beside empty ext_proc servers, Coraza, nginx with libmodsecurity
  npm run bench -- scaling    the same as processes, workers, bodies, fields, rules or connections become more
  npm run bench -- worst      the worst requests that we can construct
  npm run bench -- compare    two states of the engine
`;

interface Settings {
  readonly cases: readonly Case[];
  readonly budgetMs: number;
  readonly rounds: number;
  readonly rulesFile: string;
  readonly isRecorded: boolean;
}

interface Row {
  readonly case: Case;
  readonly weirUs: number;
  readonly weirP99Us: number;
  readonly referenceUs: number | undefined;
}

function readSettings(): Settings {
  const { values } = parseArgs({
    options: {
      case: { type: 'string', default: '' },
      budget: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '3' },
      crs: { type: 'string', default: process.env['WEIR_CRS'] ?? '../shared/crs' },
      record: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const crs = resolve(values.crs);
  if (!existsSync(join(crs, 'rules'))) {
    process.stderr.write(`no OWASP CRS in ${crs}: name its folder by --crs or WEIR_CRS\n`);
    process.exit(2);
  }
  const filter = new RegExp(values.case);
  return {
    cases: cases.filter((each) => filter.test(each.name)),
    budgetMs: Number(values.budget),
    rounds: Number(values.rounds),
    rulesFile: writeRulesFile(crs),
    isRecorded: values.record,
  };
}

function measureWeir(
  settings: Settings,
  which: { readonly case: Case; readonly variant: 'benign' | 'attack' },
): Measurement {
  const budget = which.variant === 'attack' ? 1 : settings.budgetMs;
  const script = join(import.meta.dirname, 'engines/weir.ts');
  const output = execFileSync(
    process.execPath,
    [script, settings.rulesFile, which.case.name, which.variant, String(budget)],
    { encoding: 'utf8' },
  );
  return JSON.parse(output) as Measurement;
}

/** Returns what is wrong with an engine's results for a case, or undefined. */
function describeWrongAnswer(
  each: Case,
  answers: { readonly benign: Measurement; readonly attack: Measurement },
): string | undefined {
  if (answers.benign.isBlocked || answers.benign.ids.length > 0)
    return `stops the benign exchange (${answers.benign.ids.join()})`;
  if (!answers.attack.isBlocked) return 'lets the attack pass';
  if (!answers.attack.ids.includes(each.attackRuleId))
    return `does not report rule ${each.attackRuleId} (${answers.attack.ids.join()})`;
  return undefined;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function runCase(settings: Settings, each: Case, hasReference: boolean): Row {
  const reference = (exchange: Exchange, budgetMs: number) =>
    measureModSecurity(settings.rulesFile, exchange, budgetMs);
  // ModSecurity keeps nothing of a value, so one exchange is as good as many.
  const benign = each.benign[0] as Exchange;
  const engines = [
    {
      name: 'weir',
      answer: () => ({
        benign: measureWeir({ ...settings, budgetMs: 1 }, { case: each, variant: 'benign' as const }),
        attack: measureWeir(settings, { case: each, variant: 'attack' as const }),
      }),
    },
  ];
  if (hasReference)
    engines.push({
      name: 'libmodsecurity',
      answer: () => ({ benign: reference(benign, 1), attack: reference(each.attack, 1) }),
    });
  for (const engine of engines) {
    const wrong = describeWrongAnswer(each, engine.answer());
    if (wrong !== undefined) throw new Error(`${each.name}: ${engine.name} ${wrong}`);
  }
  const weir: Measurement[] = [];
  const other: Measurement[] = [];
  for (let round = 0; round < settings.rounds; round++) {
    weir.push(measureWeir(settings, { case: each, variant: 'benign' }));
    if (hasReference) other.push(reference(benign, settings.budgetMs));
  }
  return {
    case: each,
    weirUs: median(weir.map((run) => run.medianUs)),
    weirP99Us: median(weir.map((run) => run.p99Us)),
    referenceUs: hasReference ? median(other.map((run) => run.medianUs)) : undefined,
  };
}

function formatRow(row: Row): string {
  const rate = (row.case.inspectedBytes / row.weirUs).toFixed(1);
  const reference =
    row.referenceUs === undefined
      ? ['-', '-']
      : [row.referenceUs.toFixed(0), `${(row.referenceUs / row.weirUs).toFixed(1)}x`];
  const cells = [row.weirUs.toFixed(1), row.weirP99Us.toFixed(1), rate, ...reference];
  return row.case.name.padEnd(20) + cells.map((cell) => cell.padStart(12)).join('');
}

function record(rows: readonly Row[]): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const machine = `${process.arch}-${cpus().length}-cores`;
  const folder = join(import.meta.dirname, 'record', machine);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${new Date().toISOString().slice(0, 10)}-${commit}.csv`);
  const lines = rows.map((row) =>
    [
      row.case.name,
      row.case.inspectedBytes,
      row.weirUs.toFixed(2),
      row.weirP99Us.toFixed(2),
      row.referenceUs?.toFixed(2) ?? '',
    ].join(),
  );
  writeFileSync(
    file,
    `case,inspected_bytes,weir_median_us,weir_p99_us,libmodsecurity_median_us\n${lines.join('\n')}\n`,
  );
  process.stdout.write(`recorded in ${file}\n`);
}

const settings = readSettings();
const missing = prepareModSecurity();
if (missing !== undefined) process.stdout.write(`without a reference: ${missing}\n`);
process.stdout.write(
  `${cpus()[0]?.model ?? process.arch}, ${cpus().length} cores, Node ${process.version}, ${settings.rounds} rounds of ${settings.budgetMs} ms\n`,
);
process.stdout.write(
  `${'case'.padEnd(20)}${['weir us', 'p99 us', 'MB/s', 'libmodsec us', 'ratio'].map((title) => title.padStart(12)).join('')}\n`,
);
const rows: Row[] = [];
let wrongCount = 0;
for (const each of settings.cases) {
  try {
    const row = runCase(settings, each, missing === undefined);
    rows.push(row);
    process.stdout.write(`${formatRow(row)}\n`);
  } catch (error) {
    wrongCount++;
    process.stdout.write(`${each.name.padEnd(20)}  WRONG: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
if (settings.isRecorded && rows.length > 0) record(rows);
process.exit(wrongCount === 0 ? 0 : 1);
