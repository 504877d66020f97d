// The exclusions of docs/tuning.md: each removes a false positive, and no more than that.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { type ExchangeCase, planOf, runExchange } from '../support/exchange.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/tuning.md'), 'utf8');
const exclusions = [...text.matchAll(/```seclang\n(.*?)```/gs)].map(([, rules]) => rules ?? '');
const rules = `${exclusions.join('')}
SecRule ARGS "@rx (?i)select" "id:942100,phase:2,deny,tag:'attack-sqli'"
SecRule ARGS "@rx (?i)sleep" "id:942200,phase:2,deny,tag:'attack-sqli'"
SecRule ARGS "@rx (?i)script" "id:941100,phase:2,deny,tag:'attack-xss'"
`;
const json = { 'content-type': 'application/json' };

describe('docs/tuning.md', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(rules);
  });
  afterAll(() => closePlan(plan));

  it('has exclusions of existing rules', () => {
    expect(exclusions.length).toBeGreaterThanOrEqual(6);
    expect(plan.diagnostics.problems).toStrictEqual([]);
  });

  const cases: readonly (readonly [ExchangeCase, 'allow' | 'detect' | 'block'])[] = [
    [{ target: '/search?q=select' }, 'allow'],
    [{ target: '/search?other=select' }, 'block'],
    [{ target: '/other?q=select' }, 'block'],
    [{ target: '/articles/1?text=select' }, 'allow'],
    [{ target: '/articles/1?text=script' }, 'block'],
    [{ target: '/?comment=select' }, 'allow'],
    [{ target: '/?item.12=select' }, 'allow'],
    [{ target: '/?items=select' }, 'block'],
    [{ target: '/?a=sleep' }, 'allow'],
    [{ target: '/import', headers: json, body: '{' }, 'detect'],
    [{ target: '/other', headers: json, body: '{' }, 'block'],
  ];
  for (const [exchange, verdict] of cases) {
    it(`${verdict}s ${exchange.target} ${exchange.body ?? ''}`, () => {
      expect(runExchange(plan, exchange).verdict.kind).toBe(verdict);
    });
  }
});
