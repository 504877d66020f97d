import { describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import { relents } from '../../src/plan/relenting-rules.ts';
import { planOf } from '../support/exchange.ts';

const rules: readonly (readonly [actions: string, expected: boolean])[] = [
  ['phase:2,pass', false],
  ['phase:2,deny', false],
  ['phase:2,pass,ctl:auditEngine=Off', false],
  ['phase:1,allow', false],
  ['phase:1,pass,ctl:ruleEngine=Off', false],
  ['phase:2,allow', true],
  ['phase:2,allow:phase', true],
  ['phase:4,allow:request', true],
  ['phase:2,pass,ctl:ruleEngine=DetectionOnly', true],
  ['phase:3,pass,ctl:onFailure=parse=allow', true],
];

describe('relents', () => {
  it.for(rules)(
    'knows of %s whether it can let a request pass of which something failed',
    async ([actions, expected]) => {
      const plan = await planOf(`SecRule REMOTE_ADDR "@streq x" "id:1,${actions}"`);
      expect([plan.mayRelent, plan.phases.some(relents)]).toStrictEqual([expected, expected]);
      closePlan(plan);
    },
  );

  it('includes the links of a chain', async () => {
    const plan = await planOf(`SecRule REMOTE_ADDR "@streq x" "id:1,phase:2,pass,chain"
      SecRule REMOTE_ADDR "@streq y" "ctl:ruleEngine=Off"`);
    expect(plan.mayRelent).toBe(true);
    closePlan(plan);
  });
});
