// The tables of test/conformance/operator, in ModSecurity's format, run as rules: the value in the query, and in a form
// body that arrives byte by byte.

import { isUtf8 } from 'node:buffer';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../src/compile/compile.ts';
import { supportTable } from '../../src/compile/support.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { valueOperator } from '../../src/plan/value-operator.ts';
import type { InspectionSummary } from '../../src/transaction/inspection.ts';
import { idsOf, runExchange } from '../support/exchange.ts';

/** Bytes and how many times they are repeated. */
type Padding = readonly [text: string, times: number];

/** One case; `param` and `input` are byte strings, `ret` is 1 when the operator matches. */
interface OperatorCase {
  readonly type: 'op';
  readonly name: string;
  readonly param: string;
  readonly input: string;
  readonly ret: 0 | 1;
  /** What precedes and follows `input` in the value; our addition to the format, so that long values stay readable. */
  readonly before?: Padding;
  readonly after?: Padding;
}

const folder = new URL('../conformance/operator/', import.meta.url);
const casesMin = 15;
/** Bodies up to this size arrive byte by byte, longer ones in pieces of `pieceBytes`. */
const singleBytesMax = 3_000;
const pieceBytes = 997;

const tables = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file): readonly OperatorCase[] => JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
const dataFiles = readdirSync(folder).filter((file) => file.endsWith('.data'));

const repeat = ([text, times]: Padding = ['', 0]): string => text.repeat(times);
const wholeValue = ({ before, input, after }: OperatorCase): string => repeat(before) + input + repeat(after);
const encode = (value: string): string =>
  value.replace(/[^A-Za-z0-9]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
const show = ({ name, param, before, input, after }: OperatorCase): string =>
  `@${name} ${param} on ${JSON.stringify([before, input.slice(0, 80), after])}`;

/** The kinds of values that every table must have. */
const kinds: Readonly<Record<string, (value: string) => boolean>> = {
  empty: (value) => value === '',
  'one byte': (value) => value.length === 1,
  'an odd length': (value) => value.length > 1 && value.length % 2 === 1,
  NUL: (value) => value.includes('\0'),
  'no UTF-8': (value) => !isUtf8(Buffer.from(value, 'latin1')),
  'a long run': (value) => /(.{1,8}?)\1{63}/s.test(value),
};

/** A plan with two rules for each parameter, the operator as it is and negated: ids 2n + 1 and 2n + 2. */
async function planFor(name: string, params: readonly string[]): Promise<Plan> {
  const rules = params.flatMap((param, index) => {
    const operator = param === '' ? `@${name}` : `@${name} ${param.replaceAll('"', '\\"')}`;
    return [
      `SecRule ARGS:v "${operator}" "id:${2 * index + 1},phase:2,pass,log"`,
      `SecRule ARGS:v "!${operator}" "id:${2 * index + 2},phase:2,pass,log"`,
    ];
  });
  const rulesFolder = mkdtempSync(join(tmpdir(), 'weir-operators-'));
  try {
    for (const file of dataFiles) copyFileSync(new URL(file, folder), join(rulesFolder, file));
    const file = join(rulesFolder, 'test.conf');
    writeFileSync(file, ['SecRuleEngine DetectionOnly', 'SecRequestBodyAccess On', ...rules].join('\n'), 'latin1');
    return await loadPlan([file]);
  } finally {
    rmSync(rulesFolder, { recursive: true });
  }
}

function runInBody(plan: Plan, value: string): InspectionSummary {
  const body = `v=${encode(value)}`;
  const step = body.length <= singleBytesMax ? 1 : pieceBytes;
  const cuts = Array.from({ length: Math.ceil(body.length / step) - 1 }, (_, index) => (index + 1) * step);
  return runExchange(plan, { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body }, cuts);
}

describe('operator tables', () => {
  it('exist for every operator that is not refused, and for no other', () => {
    const supported = supportTable(nativeAddon().transformNames())
      .filter(({ kind, status }) => kind === 'operator' && status !== 'refused')
      .map(({ name }) => name);
    expect(tables.map(([first]) => first?.name).sort()).toStrictEqual(supported.sort());
  });

  for (const cases of tables) {
    const name = cases[0]?.name ?? '';
    it(`${name}: has values of every kind`, () => {
      const missing = Object.entries(kinds).filter(([, isOfKind]) => !cases.some((one) => isOfKind(wholeValue(one))));
      expect(missing.map(([kind]) => kind)).toStrictEqual([]);
    });

    it(`${name}: ${cases.length} cases`, async () => {
      expect(cases.length, `at least ${casesMin} cases`).toBeGreaterThanOrEqual(casesMin);
      const params = [...new Set(cases.map(({ param }) => param))];
      const plan = await planFor(name, params);
      for (const one of cases) {
        expect([one.type, one.name]).toStrictEqual(['op', name]);
        const first = 2 * params.indexOf(one.param) + 1;
        const expected = [one.ret === 1 ? first : first + 1];
        const value = wholeValue(one);
        const rulesOf = (summary: InspectionSummary): number[] =>
          idsOf(summary).filter((id) => id === first || id === first + 1);
        const target = `/?v=${encode(value)}`;
        expect(rulesOf(runExchange(plan, { target })), `${show(one)} in the query`).toStrictEqual(expected);
        expect(rulesOf(runInBody(plan, value)), `${show(one)} in a body`).toStrictEqual(expected);
      }
      closePlan(plan);
    });
  }

  it('hold for the tests used when an argument has a macro', () => {
    const noFiles = (): never => expect.fail('no data file is named');
    for (const one of tables.flat()) {
      if (one.name === 'ipMatchFromFile') continue;
      const test = valueOperator(one.name, noFiles)?.(one.param);
      if (test !== undefined) expect(test(wholeValue(one)), show(one)).toBe(one.ret === 1);
    }
  });
});
