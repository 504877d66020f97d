import { describe, expect, it } from 'vitest';
import { bodyErrorDirections, bodyErrorsOf } from '../../src/plan/body-error-rules.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Rule } from '../../src/seclang/ast.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';
import { planOf } from '../support/exchange.ts';

const statementsOf = (text: string) => parseRuleText('a.conf', text).file.statements;

describe('bodyErrorsOf', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['SecRule REQBODY_ERROR "@eq 1" "id:1,phase:2,deny"', 'request'],
    ['SecRule &REQBODY_PROCESSOR_ERROR "@eq 1" "id:1,phase:2,deny"', 'request'],
    ['SecRule RES_BODY_PROCESSOR_ERROR "@eq 1" "id:1,phase:4,deny"', 'response'],
    ['SecRule ARGS "@rx a" "id:1,phase:2,deny,chain"\nSecRule REQBODY_ERROR "@eq 1"', 'request'],
    ['SecRule REQBODY_ERROR "@eq 1" "id:1,phase:2,pass,setvar:tx.score=+5"', 'request'],
    ['SecRule REQBODY_ERROR "@eq 1" "id:1,phase:2"', 'request'],
    ['SecRule REQBODY_ERROR "@eq 1" "id:1,phase:2,pass,log"', undefined],
    ['SecRule ARGS "@rx a" "id:1,phase:2,deny"', undefined],
    ['SecRule REQBODY_ERROR_MSG "@rx a" "id:1,phase:2,deny"', undefined],
  ];
  for (const [text, expected] of cases) {
    it(`is ${expected} for ${text}`, () => expect(bodyErrorsOf(statementsOf(text)[0] as Rule)).toBe(expected));
  }
});

describe('bodyErrorDirections', () => {
  it('counts rules that are removed', () => {
    const text =
      'SecAction "id:2,phase:1,pass"\nSecRule REQBODY_ERROR "@eq 1" "id:1,phase:2,deny"\nSecRuleRemoveById 1';
    expect([...bodyErrorDirections(statementsOf(text))]).toStrictEqual(['request']);
  });

  it('reports when such a rule is removed', async () => {
    const plan = await planOf('SecRule REQBODY_ERROR "@eq 1" "id:1,phase:2,deny"\nSecRuleRemoveById 1\n');
    closePlan(plan);
    const [told] = plan.diagnostics.problems;
    expect([told?.kind, told?.ruleId, told?.location.line]).toStrictEqual(['notice', 1, 1]);
    expect(told?.reason ?? '').toMatch(/request bodies that cannot be decoded pass/);
  });
});
