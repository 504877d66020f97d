import { describe, expect, it } from 'vitest';
import { nativeAddon } from '../../src/matching/native.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf, runExchange } from '../support/exchange.ts';

const rules = 'SecRule ARGS "@rx a" "id:1,phase:2,deny"\nSecRule ARGS "@verifyCC [0-9]{16}" "id:2,phase:2,deny"\n';

describe('closePlan', () => {
  it('frees sets, program and searches, once', async () => {
    const before = nativeAddon().openHandles();
    const plan = await planOf(rules);
    closePlan(plan);
    closePlan(plan);
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });

  it('leaves nothing that an exchange could be inspected with', async () => {
    const plan = await planOf(rules);
    closePlan(plan);
    expect(() => runExchange(plan, { target: '/?a=a' })).toThrow(/not open|closed/);
  });
});
