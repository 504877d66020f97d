// Weir's detectors compared with libinjection on some hundred thousand values: sqlmap's requests, markup of the HTML standard, lines of
// installed packages, libinjection's own vectors. Lists where they differ; fails where libinjection finds an attack that Weir misses, or
// where Weir finds something in a harmless line.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadPlan } from '../../src/compile/compile.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { inspectBinaries } from './binary.ts';
import { conditionValues, proseConditions } from './conditions.ts';
import { type HarmlessLine, harmlessLines, mayBeMarkup, mayBeQuery } from './harmless.ts';
import { askLibinjection } from './libinjection.ts';
import { addressValues, elementValues, handlerValues } from './markup.ts';
import { libinjectionDriver, npmPackages, sqlmapData } from './packages.ts';
import { ruleEngine, ruleFinds } from './rule.ts';
import { sqlmapValues } from './sqlmap.ts';

/** The module that carries libinjection's vectors. */
const vectorsModule = 'github.com/corazawaf/libinjection-go@v0.3.5';

/** Values of one origin for one detector, byte strings. */
interface Corpus {
  readonly name: string;
  readonly detector: 'sqli' | 'xss';
  /** What all of them are; vectors are a mixture. */
  readonly truth: 'attack' | 'harmless' | 'unknown';
  readonly values: readonly string[];
}

/** A value on which the two detectors differ, and what each found. */
interface Difference {
  readonly text: string;
  readonly ours: string | undefined;
  readonly theirs: string | undefined;
}

function vectors(): readonly string[] {
  const told = execFileSync('go', ['mod', 'download', '-json', vectorsModule], { encoding: 'utf8' });
  const folder = join((JSON.parse(told) as { Dir: string }).Dir, 'tests');
  return readdirSync(folder).flatMap((name) => {
    const input = /--INPUT--\n([\s\S]*?)\n--EXPECTED--/.exec(readFileSync(join(folder, name), 'latin1'))?.[1];
    return input === undefined ? [] : [input];
  });
}

const textsOf = (values: Iterable<{ readonly text: string }>): string[] => [...values].map(({ text }) => text);

function* corpora(data: string, hasVectors: boolean): Generator<Corpus> {
  const sqlmap = ['1', 'shoes'].flatMap((original) => textsOf(sqlmapValues(join(data, 'xml'), original)));
  yield { name: 'sqlmap, all boundaries and payloads', detector: 'sqli', truth: 'attack', values: sqlmap };
  const conditions = textsOf(conditionValues());
  yield { name: 'conditions behind a number', detector: 'sqli', truth: 'attack', values: conditions };
  const markup = textsOf([...handlerValues(), ...addressValues(), ...elementValues()]);
  yield { name: 'handlers, addresses, elements', detector: 'xss', truth: 'attack', values: markup };
  const lines: readonly HarmlessLine[] = [...harmlessLines(npmPackages), ...harmlessLines(join(data, 'txt'), 'names')];
  const without = (test: (text: string) => boolean): string[] => textsOf(lines.filter(({ text }) => !test(text)));
  yield { name: 'lines without a query', detector: 'sqli', truth: 'harmless', values: without(mayBeQuery) };
  yield { name: 'lines without markup', detector: 'xss', truth: 'harmless', values: without(mayBeMarkup) };
  const numbers = textsOf(proseConditions());
  yield { name: 'numbers, "and" and "or"', detector: 'sqli', truth: 'harmless', values: numbers };
  if (!hasVectors) return;
  yield { name: "libinjection's vectors", detector: 'sqli', truth: 'unknown', values: vectors() };
  yield { name: "libinjection's vectors", detector: 'xss', truth: 'unknown', values: vectors() };
}

function differencesOf({ detector, values }: Corpus, driver: string): Difference[] {
  const addon = nativeAddon();
  const answers = askLibinjection(driver, values);
  return values.flatMap((text, n) => {
    const answer = answers[n];
    const isSqli = detector === 'sqli';
    const ours = isSqli ? addon.detectSqli(text) : addon.detects('xss', text) ? 'script' : undefined;
    const has = isSqli ? answer?.isSqli : answer?.isXss;
    const theirs = has === true ? (isSqli ? answer?.fingerprint : 'script') : undefined;
    return (ours === undefined) === (theirs === undefined) ? [] : [{ text, ours, theirs }];
  });
}

/** Differences by the detector's evidence: how many, and an example. */
function groupsOf(differences: readonly Difference[]): readonly string[] {
  const groups = new Map<string, { count: number; readonly example: string }>();
  for (const { text, ours, theirs } of differences) {
    const name = ours === undefined ? `libinjection alone, ${theirs}` : `ours alone, ${ours}`;
    const group = groups.get(name) ?? { count: 0, example: JSON.stringify(text.slice(0, 90)) };
    group.count += 1;
    groups.set(name, group);
  }
  return [...groups]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([name, { count, example }]) => `${String(count).padStart(8)}  ${name.padEnd(28)} ${example}`);
}

/** Who is right about them, by what the values are. */
function reasonOf({ truth }: Corpus, isOurs: boolean): string {
  if (truth === 'attack') return isOurs ? 'right: it is an attack' : 'WRONG: an attack is missed';
  if (truth === 'harmless') return isOurs ? 'WRONG: the line is harmless' : 'right: the line is harmless';
  return 'to be read one by one';
}

/** Compares on one corpus. True when nothing is wrong. */
function compare(corpus: Corpus, driver: string, isListed: boolean): boolean {
  const differences = differencesOf(corpus, driver);
  process.stdout.write(`\n${corpus.detector}: ${corpus.name}: ${corpus.values.length} values\n`);
  let isRight = true;
  for (const isOurs of [true, false]) {
    const some = differences.filter(({ ours }) => (ours !== undefined) === isOurs);
    if (some.length === 0) continue;
    const reason = reasonOf(corpus, isOurs);
    isRight &&= !reason.startsWith('WRONG');
    process.stdout.write(`  ${some.length} by ${isOurs ? 'ours' : 'libinjection'} alone: ${reason}\n`);
    const rows = isListed
      ? some.map(({ text, ours, theirs }) => `  ${ours ?? theirs}  ${JSON.stringify(text)}`)
      : groupsOf(some);
    process.stdout.write(`${rows.join('\n')}\n`);
  }
  return isRight;
}

/** Checks rule 942100 with everything that sqlmap sends, in both places. */
async function compareRule(crs: string, data: string): Promise<boolean> {
  const engine = await ruleEngine(crs);
  try {
    const values = ['1', 'shoes'].flatMap((original) => textsOf(sqlmapValues(join(data, 'xml'), original)));
    const answers = values.map((text) => ruleFinds(engine, text));
    const shares = (['query', 'json'] as const).map(
      (place) => answers.filter((one) => one[place]).length / values.length,
    );
    process.stdout.write(
      `\nrule 942100 alone finds ${shares.map((share) => `${(share * 100).toFixed(2)} %`).join(' (query), ')} (JSON)\n`,
    );
    return shares.every((share) => share >= 0.995);
  } finally {
    engine.close();
  }
}

const usage = `node bench/detect/compare.ts [--list] [--vectors] [--crs FOLDER]
       node bench/detect/compare.ts --binary MIB [--rules PATH]…

Compares the detectors with libinjection. --list prints every difference, not only how many of each shape; --vectors adds the
vectors of libinjection (needs Go); --crs asks rule 942100 with a request for each value too. npm run setup gets what it needs.

--binary sends so many MiB of random, compressed and image bytes through rules (default: the starter pack), as bodies and as files,
and prints what they find in them.
`;

/** Prints the false positives of rules in this many MiB of bytes that are not text; returns status 1 if there are any. */
async function compareBinary(mebibytes: number, rules: readonly string[]): Promise<number> {
  const plan = await loadPlan(rules);
  const results = inspectBinaries(plan, mebibytes * 2 ** 20);
  closePlan(plan);
  for (const { kind, bodies, bytes, alarms } of results) {
    const told = [...alarms].map(([id, count]) => `rule ${id}: ${count}`).join(', ') || 'nothing found';
    process.stdout.write(`${kind.padEnd(12)}${bodies} bodies, ${Math.round(bytes / 2 ** 20)} MiB: ${told}\n`);
  }
  return results.every(({ alarms }) => alarms.size === 0) ? 0 : 1;
}

async function main(): Promise<number> {
  const { values: options } = parseArgs({
    options: {
      list: { type: 'boolean', default: false },
      vectors: { type: 'boolean', default: false },
      crs: { type: 'string' },
      binary: { type: 'string' },
      rules: { type: 'string', multiple: true, default: [join(import.meta.dirname, '../../rules/starter')] },
      help: { type: 'boolean', default: false },
    },
  });
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (options.binary !== undefined) return compareBinary(Number(options.binary), options.rules);
  if (sqlmapData === undefined || libinjectionDriver === undefined) {
    process.stderr.write('sqlmap or libinjection is missing: node scripts/setup.mjs says why\n');
    return 2;
  }
  let isRight = true;
  for (const corpus of corpora(sqlmapData, options.vectors))
    isRight = compare(corpus, libinjectionDriver, options.list) && isRight;
  if (options.crs !== undefined) isRight = (await compareRule(options.crs, sqlmapData)) && isRight;
  return isRight ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main();
