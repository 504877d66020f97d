import { describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf, rulesIn, runExchange } from '../support/exchange.ts';

/** The landings of the rules of phase 4, by id. */
async function landings(rules: string): Promise<Record<string, number | undefined>> {
  const plan = await planOf(rules);
  closePlan(plan);
  return Object.fromEntries(rulesIn(plan, 4).map(({ id, landing }) => [String(id), landing]));
}

const guard = 'SecRule RESPONSE_BODY "!@pm mysql" "id:1,phase:4,pass,nolog,skipAfter:END"\n';
const end = 'SecMarker END\n';
const sum = 'SecRule TX:score "@ge 5" "id:9,phase:4,deny,log"\n';
const rule = (id: number, test: string, actions: string): string =>
  `SecRule ${test} "id:${id},phase:4,pass,log,${actions}"\n`;
const score = 'setvar:tx.score=+5';

describe('landingsOf', () => {
  const plain = rule(2, 'RESPONSE_BODY "@contains syntax"', score);
  const jump = (to: string): string => rule(3, 'RESPONSE_BODY "@contains x"', `skipAfter:${to}`);
  const cases: readonly (readonly [title: string, rules: string, landing: number | undefined])[] = [
    ['lands behind rules that only write', guard + plain + end + sum, 2],
    ['lands behind jumps that land there or before', guard + jump('END') + plain + end + sum, 3],
    [
      'does not know where a jump further on leads',
      guard + jump('LATER') + end + plain + 'SecMarker LATER\n',
      undefined,
    ],
    [
      'does not know what a rule that ends the phase leads to',
      guard + plain.replace('pass', 'allow:phase') + end,
      undefined,
    ],
    [
      'does not know what is switched off',
      guard + plain.replace('pass', 'pass,ctl:ruleRemoveById=9') + end + sum,
      undefined,
    ],
    [
      'does not know where an end of the phase is jumped to',
      guard.replace('pass', 'allow:phase') + end + sum,
      undefined,
    ],
  ];
  for (const [title, rules, landing] of cases) {
    it(title, async () => expect((await landings(rules))['1']).toBe(landing));
  }

  it('handles many jumps in time proportional to their number', async () => {
    const jumps = Array.from({ length: 2000 }, (_, index) =>
      rule(10 + index, 'RESPONSE_BODY "@contains x"', 'skipAfter:END'),
    );
    expect((await landings(guard + jumps.join('') + end))['1']).toBe(2001);
  });
});

describe('a jump over rules for responses', () => {
  const php = rule(3, 'RESPONSE_BODY "@contains php"', score);
  const sql = rule(2, 'RESPONSE_BODY "@contains syntax"', score);
  const padding = '.'.repeat(40_000);
  const stride = 16_384;
  const cases: readonly (readonly [title: string, rules: string, body: string, verdict: string, at: number])[] = [
    ['that a found pattern rules out', guard + sql + end + sum, `mysql syntax${padding}`, 'block', stride],
    ['that may yet be taken, to what lies behind it', guard + sql + end + php + sum, `php${padding}`, 'block', stride],
    ['that is taken at the end', guard + sql + end + php + sum, `syntax${padding}`, 'allow', 40_006],
    ['that is ruled out at the end', guard + sql + end + sum, `syntax${padding}mysql`, 'block', 40_011],
    [
      'over something that later rules want not to be',
      `${guard}${rule(2, 'REQUEST_METHOD "@streq GET"', 'setvar:tx.ok=1')}${end}SecRule &TX:ok "@eq 0" "id:9,phase:4,deny"\n`,
      `${padding}mysql`,
      'allow',
      40_005,
    ],
  ];
  for (const [title, rules, body, verdict, at] of cases) {
    it(title, async () => {
      const plan = await planOf(`SecRuleEngine On\n${rules}`);
      const response = { headers: { 'content-type': 'text/html' }, body };
      const summary = runExchange(plan, { response });
      closePlan(plan);
      expect(summary.verdict.kind).toBe(verdict);
      if (verdict === 'block') expect(summary.firstVerdictBytes).toBe(at);
    });
  }
});
