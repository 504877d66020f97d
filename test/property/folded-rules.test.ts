// Rules whose outcome is known at load time are constant-folded: paranoia levels above all. The result is the same as running
// them: the same rules are compiled twice, once with constant numbers, and once with numbers from request
// headers, which are not known at load time.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { parseRequest } from '../../src/ftw/http-parser.ts';
import { buildRequest } from '../../src/ftw/request-builder.ts';
import { readTests } from '../../src/ftw/suite-reader.ts';
import { CompilePool } from '../../src/matching/compile-pool.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';
import { type ExchangeCase, idsOf, planOf, runExchange } from '../support/exchange.ts';

/** How a number is written: as a constant, or as the value of a header. */
type Write = (number: number) => string;
const known: Write = (number) => String(number);
const late: Write = (number) => `%{REQUEST_HEADERS.n${number}}`;
const headers = Object.fromEntries(Array.from({ length: 10 }, (_, number) => [`n${number}`, String(number)]));

/** One rule or marker; `id` is its place. */
type Statement = (id: number, write: Write) => string;

const name = fc.constantFrom('level', 'a', 'b');
const number = fc.nat(4);
const phase = fc.constantFrom(1, 2, 3, 5);
const comparison = fc.constantFrom('eq', 'lt', 'gt', 'ge', 'le');
const word = fc.constantFrom('one', 'two', 'three');
const not = fc.constantFrom('', '!');

const statement: fc.Arbitrary<Statement> = fc.oneof(
  fc.tuple(phase, name, fc.constantFrom('', '+', '-'), number).map(([at, tx, change, value]): Statement => {
    return (id, write) => `SecAction "id:${id},phase:${at},pass,nolog,setvar:tx.${tx}=${change}${write(value)}"`;
  }),
  fc.tuple(phase, name, comparison, number, not, fc.nat(2)).map(([at, tx, test, value, negated, label]): Statement => {
    return (id, write) =>
      `SecRule TX:${tx} "${negated}@${test} ${write(value)}" "id:${id},phase:${at},pass,nolog,skipAfter:END-${label}"`;
  }),
  fc.tuple(phase, name, number, number).map(([at, tx, count, value]): Statement => {
    return (id, write) =>
      `SecRule &TX:${tx} "@eq ${write(count % 2)}" "id:${id},phase:${at},pass,nolog,setvar:tx.${tx}=${write(value)}"`;
  }),
  fc.tuple(phase, word, name).map(([at, text, tx]): Statement => {
    return (id, write) =>
      `SecRule ARGS "@contains ${text}" "id:${id},phase:${at},pass,log,setvar:tx.${tx}=+${write(1)},setvar:tx.score=+%{tx.${tx}}"`;
  }),
  fc.tuple(phase, name, comparison, number).map(([at, tx, test, value]): Statement => {
    return (id, write) => `SecRule TX:${tx} "@${test} ${write(value)}" "id:${id},phase:${at},pass,log"`;
  }),
  fc.tuple(phase, word, fc.nat(20), fc.nat(6)).map(([at, text, from, more]): Statement => {
    return (id) =>
      `SecRule ARGS "@contains ${text}" "id:${id},phase:${at},pass,nolog,ctl:ruleRemoveById=${from + 2}-${from + 2 + more}"`;
  }),
  fc
    .tuple(phase, word, fc.constantFrom('allow', 'allow:phase', 'allow:request', 'deny'))
    .map(([at, text, action]): Statement => {
      return (id) => `SecRule ARGS "@streq ${text}!" "id:${id},phase:${at},log,${action}"`;
    }),
  fc.nat(2).map(
    (label): Statement =>
      () =>
        `SecMarker END-${label}`,
  ),
);

const rulesOf = (statements: readonly Statement[], write: Write): string => {
  const level = `SecAction "id:1,phase:1,pass,nolog,setvar:tx.level=${write(2)}"`;
  const scores = `SecRule TX:score "@ge ${write(4)}" "id:999,phase:5,pass,log"`;
  const ends = [0, 1, 2].map((label) => `SecMarker END-${label}`);
  return [level, ...statements.map((one, index) => one(index + 2, write)), ...ends, scores].join('\n');
};

const target = fc
  .array(fc.tuple(word, fc.constantFrom('', '!')), { maxLength: 3 })
  .map((values) => `/?${values.map(([text, end], index) => `p${index}=${text}${end}`).join('&')}`);

const outcome = (plan: Plan, exchange: ExchangeCase): unknown => {
  const summary = runExchange(plan, exchange);
  return { ids: idsOf(summary), verdict: summary.verdict };
};

/** The limit of steps, which a test may lower: wherever folding ends, the outcome is the same. */
const bounds: { foldStepsMax: number } = constants;
const { foldStepsMax } = constants;

async function planWithin(stepsMax: number, rules: string): Promise<Plan> {
  bounds.foldStepsMax = stepsMax;
  try {
    return await planOf(rules);
  } finally {
    bounds.foldStepsMax = foldStepsMax;
  }
}

describe('rules folded at load time', () => {
  it('give the same result as running them, wherever the steps end', async () => {
    let foldedCount = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(statement, { minLength: 3, maxLength: 22 }),
        fc.array(target, { minLength: 3, maxLength: 5 }),
        fc.oneof(fc.constant(foldStepsMax), fc.nat(150)),
        async (statements, targets, stepsMax) => {
          const folded = await planWithin(stepsMax, rulesOf(statements, known));
          const run = await planOf(rulesOf(statements, late));
          foldedCount += folded.diagnostics.foldedCount;
          expect(run.diagnostics.foldedCount, 'the other plan runs everything').toBe(0);
          try {
            for (const one of targets) {
              const exchange = { target: one, headers, response: { body: 'x' } };
              expect(outcome(folded, exchange), `${one}\n${rulesOf(statements, known)}`).toStrictEqual(
                outcome(run, exchange),
              );
            }
          } finally {
            closePlan(folded);
            closePlan(run);
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(foldedCount, `only ${foldedCount} rules were worked out`).toBeGreaterThan(240);
  });
});

/** Every n-th of the CRS's own requests. */
const requestStep = 40;

describe.skipIf(crsMissing)('paranoia levels of the CRS', () => {
  const cacheFolder = join(import.meta.dirname, '../../.cache/pattern-sets');
  const settings = (level: string): string =>
    `SecRuleEngine DetectionOnly
     SecAction "id:900000,phase:1,pass,nolog,setvar:tx.blocking_paranoia_level=${level},setvar:tx.crs_setup_version=4280"`;

  /** The CRS after a file with settings. */
  async function crsPlan(level: string, pool: CompilePool): Promise<Plan> {
    const folder = mkdtempSync(join(tmpdir(), 'weir-levels-'));
    try {
      writeFileSync(join(folder, 'setup.conf'), settings(level));
      return await loadPlan([join(folder, 'setup.conf'), crsFolder], { pool, cacheFolder });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it('give the same rules whether they are known at load or come with each request', async () => {
    const pool = new CompilePool();
    const late = await crsPlan('%{REQUEST_HEADERS.x-level}', pool);
    const requests = readTests([join(crsFolder, 'tests')])
      .filter((_, index) => index % requestStep === 0)
      .flatMap((test) => test.stages.map(({ input }) => parseRequest(buildRequest(input))));
    let foldedBefore = Infinity;
    try {
      for (const level of ['1', '3']) {
        const fixed = await crsPlan(level, pool);
        const { foldedCount } = fixed.diagnostics;
        expect(
          foldedCount > late.diagnostics.foldedCount && foldedCount < foldedBefore,
          `${foldedCount} at ${level}`,
        ).toBe(true);
        foldedBefore = foldedCount;
        for (const request of requests) {
          if (request.kind === 'refused') continue;
          const { method, target: at, body } = request;
          const own = Object.fromEntries(request.headers.map(({ name: header, value }) => [header, value]));
          const exchange: ExchangeCase = {
            method,
            target: at,
            headers: { ...own, 'x-level': level },
            ...(body.length > 0 ? { body: Buffer.from(body) } : {}),
          };
          expect(outcome(fixed, exchange), `level ${level}: ${method} ${at}`).toStrictEqual(outcome(late, exchange));
        }
        closePlan(fixed);
      }
    } finally {
      closePlan(late);
      await pool.close();
    }
  });
});
