// However a body is cut: the same verdict, the same rules, the same bytes inspected before the verdict.

import { resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { InspectionSummary } from '../../src/transaction/inspection.ts';
import { type ExchangeCase, idsOf, planOf, runExchange } from '../support/exchange.ts';

/** What must not depend on cuts. */
const essence = (summary: InspectionSummary) => ({
  verdict: summary.verdict,
  ids: idsOf(summary),
  logs: summary.matches.map((match) => match.logData),
  score: [summary.inboundScore, summary.outboundScore],
  firstVerdictBytes: summary.firstVerdictBytes,
  uninspected: [...summary.uninspected.keys()],
  problems: summary.problems,
});

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json' };
const text = { 'content-type': 'text/plain' };
const padding = 'some ordinary words, '.repeat(2000);
const sqli = "1' UNION SELECT password FROM users -- ";

const exchanges: readonly (readonly [string, ExchangeCase])[] = [
  ['a benign form', { headers: form, body: 'a=hello+world&b=42&c=%C3%A9t%C3%A9' }],
  ['SQL in a form', { headers: form, body: `id=${encodeURIComponent(sqli)}&x=1` }],
  ['SQL behind padding in a form', { headers: form, body: `a=${'x'.repeat(40_000)}&id=${encodeURIComponent(sqli)}` }],
  ['SQL in front of padding', { headers: form, body: `id=${encodeURIComponent(sqli)}&a=${'x'.repeat(40_000)}` }],
  ['SQL at the end of one long argument', { headers: form, body: `a=${encodeURIComponent(padding + sqli)}` }],
  ['JSON with an escaped attack', { headers: json, body: `{"a":[1,{"b":"${sqli.replace('UNION', '\\u0055NION')}"}]}` }],
  ['JSON that breaks off', { headers: json, body: `{"a":"<script>alert(1)</script>",` }],
  ['a script in text', { headers: text, body: `${padding}<script>alert(1)</script>` }],
  [
    'a leak in a long response',
    { response: { headers: text, body: `${padding}ORA-01756: quoted string not terminated` } },
  ],
  ['a benign response', { response: { headers: text, body: padding } }],
];

describe('the verdict', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await loadPlan([resolve(import.meta.dirname, '../../rules/starter')]);
  });
  afterAll(() => closePlan(plan));

  for (const [title, exchange] of exchanges) {
    const { length } = exchange.body ?? exchange.response?.body ?? '';
    it(`does not depend on two-way cuts of ${title}`, () => {
      const whole = essence(runExchange(plan, exchange));
      const step = Math.max(1, Math.floor(length / 60));
      for (let cut = 1; cut < length; cut += step) {
        expect(essence(runExchange(plan, exchange, [cut])), `cut at ${cut}`).toStrictEqual(whole);
      }
    });

    it(`does not depend on many cuts of ${title}`, () => {
      const whole = essence(runExchange(plan, exchange));
      const cuts = fc.uniqueArray(fc.nat({ max: length }), { minLength: 2, maxLength: 64 });
      fc.assert(
        fc.property(cuts, (offsets) => {
          expect(
            essence(
              runExchange(
                plan,
                exchange,
                offsets.toSorted((a, b) => a - b),
              ),
            ),
          ).toStrictEqual(whole);
        }),
        { numRuns: 10 },
      );
    });
  }

  it('does not depend on single bytes', () => {
    for (const [title, exchange] of exchanges) {
      const { length } = exchange.body ?? exchange.response?.body ?? '';
      if (length > 1000) continue;
      const bytes = Array.from({ length: length - 1 }, (_, index) => index + 1);
      expect(essence(runExchange(plan, exchange, bytes)), title).toStrictEqual(essence(runExchange(plan, exchange)));
    }
  });
});

describe('an early verdict', () => {
  it('comes at the first look or the stride after the attack, and is the one that the whole body would get', async () => {
    const rules = `SecRule ARGS "@contains evil" "id:1,phase:2,pass,log,setvar:tx.score=+5"
      SecRule &ARGS "@gt 100" "id:2,phase:2,pass,log"
      SecRule TX:score "@ge 5" "id:3,phase:2,deny,log"`;
    const plan = await planOf(rules);
    const body = `a=evil&b=${'x'.repeat(100_000)}`;
    const early = runExchange(plan, { headers: form, body });
    expect([early.verdict, early.firstVerdictBytes, early.requestBytes]).toStrictEqual([
      { kind: 'block', ruleId: 3, status: 403, phase: 2 },
      limits.firstLookBytes,
      limits.firstLookBytes,
    ]);
    expect(idsOf(early)).toStrictEqual([1, 3]);
    const late = runExchange(plan, { headers: form, body: `b=${'x'.repeat(100_000)}&a=evil` });
    expect(late.verdict).toStrictEqual(early.verdict);
    expect(late.requestBytes).toBe(100_009);
    closePlan(plan);
  });

  it('does not take quadratic time for a body of only hits', async () => {
    const plan = await planOf(`SecRule ARGS "@contains x" "id:1,phase:2,pass,nolog,setvar:tx.n=+1"
      SecRule TX:n "@ge 1000000" "id:2,phase:2,deny,log"
      SecRule ARGS "@contains evil" "id:3,phase:2,deny,log"`);
    const pairs = 'a=x&'.repeat(9_000);
    const early = runExchange(plan, { headers: form, body: `${pairs}b=evil&${pairs}` });
    expect(early.verdict).toStrictEqual({ kind: 'block', ruleId: 3, status: 403, phase: 2 });
    expect(early.firstVerdictBytes, 'the latest hits are seen').toBe(49_152);
    const whole = runExchange(plan, { headers: form, body: pairs });
    expect(whole.verdict.kind).toBe('allow');
    closePlan(plan);
  });

  it('never comes from a rule whose match more bytes could cancel', async () => {
    const plan = await planOf(`SecRule ARGS "@contains evil" "id:1,phase:2,pass,log"
      SecRule &ARGS "@lt 3" "id:2,phase:2,deny,log"`);
    const body = `a=evil&b=${'x'.repeat(50_000)}&c=1`;
    expect(runExchange(plan, { headers: form, body }).verdict.kind).toBe('allow');
    closePlan(plan);
  });

  it('waits after a jump that later bytes could cause', async () => {
    const plan = await planOf(`SecRule ARGS:trusted "@streq yes" "id:1,phase:2,pass,nolog,skipAfter:END"
      SecRule ARGS "@contains evil" "id:2,phase:2,deny,log"
      SecMarker END`);
    const attack = `a=evil&b=${'x'.repeat(50_000)}`;
    expect(runExchange(plan, { headers: form, body: `${attack}&trusted=yes` }).verdict.kind).toBe('allow');
    expect(runExchange(plan, { headers: form, body: attack }).verdict.kind).toBe('block');
    expect(runExchange(plan, { headers: form, body: `trusted=yes&${attack}` }).verdict.kind).toBe('allow');
    closePlan(plan);
  });
});
