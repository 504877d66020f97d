// Every name that docs/seclang.md calls supported, or partly so, changes an outcome: a name that is read and never asked for fails
// here, and so does one that has no case.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { type SupportRow, supportTable } from '../../src/compile/support.ts';
import { PersistentCollections } from '../../src/evaluate/persistent-collections.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { auditEntryOf, isNotable } from '../../src/telemetry/audit-log.ts';
import { nothingInspected, Recorder } from '../../src/transaction/recorder.ts';
import { reportOf } from '../../src/transaction/report.ts';
import { type ExchangeCase, idsOf, planOf, runExchange } from '../support/exchange.ts';
import { namedVariables } from './named-variables.ts';
import { type NamedWord, namedWords } from './named-words.ts';

const rows = supportTable(nativeAddon().transformNames()).filter(({ status }) => /supported|partly/.test(status));
const namesOf = (kind: SupportRow['kind']): readonly string[] =>
  rows.filter((row) => row.kind === kind).map(({ name }) => name);

/** Cases of the conformance files, which are in ModSecurity's format. */
function casesOf(kind: 'operator' | 'transform', name: string): readonly Readonly<Record<string, unknown>>[] {
  const folder = join(import.meta.dirname, kind);
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const cases: readonly Readonly<Record<string, unknown>>[] = files.flatMap((file) =>
    JSON.parse(readFileSync(join(folder, file), 'utf8')),
  );
  return cases.filter((one) => one.name === name);
}

describe('every supported variable', () => {
  it('has a case, and no other', () => {
    expect(new Set(Object.keys(namedVariables))).toStrictEqual(new Set(namesOf('variable')));
  });

  for (const [name, { is, in: exchange = {}, phase = 2, after = '' }] of Object.entries(namedVariables)) {
    it(`${name} has a value`, async () => {
      const isLink = after.endsWith('chain"\n');
      const rule = (pattern: string): string =>
        `${after}\nSecRule ${name}${name === 'XML' ? ':/*' : ''} "@rx ${pattern}"${isLink ? '' : ` "id:1,phase:${phase},pass"`}`;
      const outcomes: number[][] = [];
      for (const pattern of [`^(?:${is})$`, '^ no such value $']) {
        const plan = await planOf(
          isLink ? rule(pattern).replace('id:90', 'id:1').replace('nolog,', '') : rule(pattern),
        );
        outcomes.push(idsOf(runExchange(plan, exchange, [], { collections: new PersistentCollections(limits) })));
        closePlan(plan);
      }
      expect(outcomes).toStrictEqual([[1], []]);
    });
  }
});

/** The key of a macro, where the name alone is not a macro or has a different first value. */
const macroKeys: Readonly<Record<string, string>> = {
  ...Object.fromEntries('ENV GLOBAL IP RESOURCE SESSION TX USER'.split(' ').map((name) => [name, '.name'])),
  ...{ REQUEST_HEADERS: '.cookie', REQUEST_HEADERS_NAMES: '.cookie', RULE: '.id' },
};

describe('every supported variable in a macro', () => {
  for (const [name, { is, in: exchange = {}, phase = 2, after = '' }] of Object.entries(namedVariables)) {
    // The first of its lines is a different one.
    if (name === 'MULTIPART_PART_HEADERS') continue;
    it(`${name} has a value`, async () => {
      const text = `setvar:'tx.text=%{${name}${macroKeys[name] ?? ''}}'`;
      // What a link found is logged by that link.
      const rules = after.endsWith('chain"\n')
        ? after.replace('chain"\n', `${text}"`)
        : `${after}\nSecAction "id:1,phase:${phase},pass,nolog,${text}"`;
      const plan = await planOf(`${rules}\nSecRule TX:text "@rx ^(?:${is})$" "id:2,phase:${phase},pass"`);
      expect(idsOf(runExchange(plan, exchange, [], { collections: new PersistentCollections(limits) }))).toStrictEqual([
        2,
      ]);
      closePlan(plan);
    });
  }
});

/** Everything that is visible of an exchange. */
async function outcomeOf(rules: string, word: NamedWord): Promise<unknown> {
  const text = rules.replaceAll('$HERE', import.meta.dirname);
  const exchange: ExchangeCase = { target: '/?name=value', ...word.in };
  let nowMs = 1_000;
  const clocks = { monotonicMs: () => nowMs, wallMs: () => nowMs };
  const collections = new PersistentCollections(limits, clocks);
  const plan = await planOf(text).catch((error: Error) => error.message);
  if (typeof plan === 'string') return plan;
  try {
    let summary = runExchange(plan, exchange, [], { collections });
    if (word.againAfter !== undefined) {
      nowMs += 1_000 * word.againAfter;
      summary = runExchange(plan, exchange, [], { collections });
    }
    const { verdict, matches, uninspected } = summary;
    const shown = matches.map(({ file, line, ...match }) => match);
    const request = { method: 'GET', target: '/', protocol: '', headers: [], remoteAddress: '', remotePort: 0 };
    const recorder = new Recorder();
    recorder.blockStatus = verdict.kind === 'block' ? verdict.status : 0;
    const record = recorder.record({
      report: reportOf('', verdict, { ...nothingInspected, matches }),
      ending: 'complete',
      request,
      summary: { ...summary, matches: shown.map((match) => ({ ...match, file: '', line: 0 })) },
    });
    const { startedAt, durationMs, ...entry } = auditEntryOf(record, 'full');
    return { verdict, matches: shown, uninspected, isLogged: isNotable(record), entry };
  } finally {
    closePlan(plan);
  }
}

describe('every supported directive, action and ctl option', () => {
  it('has a case, and no other', () => {
    const kinds = ['directive', 'action', 'ctl option'] as const;
    const supported = kinds.flatMap((kind) => namesOf(kind).map((name) => `${kind} ${name}`));
    expect(new Set(Object.keys(namedWords))).toStrictEqual(new Set(supported));
  });

  for (const [name, word] of Object.entries(namedWords)) {
    it(`${name} changes an outcome`, async () => {
      const spelling = name.split(' ').at(-1) as string;
      expect(word.with.includes(spelling), 'the case is about the name').toBe(true);
      expect(await outcomeOf(word.with, word)).not.toStrictEqual(await outcomeOf(word.without, word));
    });
  }
});

describe('every supported operator', () => {
  for (const name of namesOf('operator')) {
    it(`@${name} holds for some values and not for others`, () => {
      const results = new Set(casesOf('operator', name).map(({ ret }) => ret));
      const isConstant = ['noMatch', 'unconditionalMatch'].includes(name);
      expect(results).toStrictEqual(new Set(isConstant ? [name === 'noMatch' ? 0 : 1] : [0, 1]));
    });
  }

  it('accepts macros, or is rejected with them', async () => {
    for (const name of namesOf('operator')) {
      if (casesOf('operator', name).every(({ param }) => param === '')) continue;
      const rules = `SecAction "id:1,phase:1,pass,nolog,setvar:tx.a=%{ARGS.name}"\nSecRule ARGS "@${name} %{tx.a}" "id:2,phase:2,pass"`;
      const isRefused = /macro/.test(rows.find((row) => row.kind === 'operator' && row.name === name)?.note ?? '');
      if (isRefused) await expect(planOf(rules), name).rejects.toThrow(/with a macro in its argument/);
      else closePlan(await planOf(rules));
    }
  });
});

describe('every supported transformation', () => {
  for (const name of namesOf('transformation').filter((one) => one !== 'none')) {
    it(`t:${name} changes a value`, () => {
      const cases = casesOf('transform', name);
      expect(cases.some(({ input, output }) => input !== output)).toBe(true);
    });
  }

  it('t:none removes what precedes it', async () => {
    const plan = await planOf(
      'SecDefaultAction "phase:2,pass,log,t:uppercase"\n' +
        'SecRule ARGS "@streq value" "id:1,phase:2,t:none"\nSecRule ARGS "@streq value" "id:2,phase:2"',
    );
    expect(idsOf(runExchange(plan, { target: '/?name=value' }))).toStrictEqual([1]);
    closePlan(plan);
  });
});
