import { describe, expect, it } from 'vitest';
import { findInComputed } from '../../src/evaluate/computed-scan.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Target } from '../../src/plan/plan.ts';
import { planOf, rulesIn } from '../support/exchange.ts';
import { expectToBe } from '../support/narrow.ts';

const target: Target = { variable: 'TX', mode: 'each', kinds: [], selector: undefined, exclusions: [] };

/** Texts that rule 1 finds in a value. */
async function found(rule: string, value: string): Promise<string[]> {
  const plan = await planOf(rule);
  try {
    const operator = rulesIn(plan, 1)[0]?.links[0].operator;
    expectToBe(operator?.kind, 'pattern');
    return findInComputed({ operator, target, key: 'k', value }, plan).map((match) => `${match.name} ${match.text}`);
  } finally {
    closePlan(plan);
  }
}

describe('findInComputed', () => {
  it('tests the transformed value', async () => {
    expect(await found('SecRule REMOTE_ADDR "@rx ^abc$" "id:1,phase:1,pass,log,t:lowercase"', 'ABC')).toStrictEqual([
      'TX:k abc',
    ]);
    expect(await found('SecRule REMOTE_ADDR "@rx ^abc$" "id:1,phase:1,pass,log"', 'ABC')).toStrictEqual([]);
  });

  it('finds absence', async () => {
    expect(await found('SecRule REMOTE_ADDR "!@pm x y" "id:1,phase:1,pass,log"', 'abc')).toStrictEqual(['TX:k abc']);
    expect(await found('SecRule REMOTE_ADDR "!@pm x y" "id:1,phase:1,pass,log"', 'axc')).toStrictEqual([]);
  });

  it('takes each changed step of a chain with multiMatch', async () => {
    const rule = 'SecRule REMOTE_ADDR "@rx (?i)b" "id:1,phase:1,pass,log,t:lowercase,t:removeNulls,multiMatch"';
    expect(await found(rule, 'aB')).toStrictEqual(['TX:k aB', 'TX:k ab']);
  });
});
