import { describe, expect, it } from 'vitest';
import { limits, limitsWith } from '../../src/base/limits.ts';
import { ExchangeFacts } from '../../src/evaluate/exchange-facts.ts';
import { collectionsOf } from '../../src/evaluate/persistent-collections.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf } from '../support/exchange.ts';
import { ruleStateOf } from '../support/rule-state.ts';

const plan = await planOf('SecAction "id:1,phase:1,pass,nolog"\n');
closePlan(plan);

describe('ExchangeFacts', () => {
  it('uses the process’s collections for its limits by default', () => {
    const own = limitsWith({});
    const store = collectionsOf(limitsWith({ txNamesMax: 7 }));
    expect(new ExchangeFacts({ plan, limits: own, requestId: 'r' }).store).toBe(collectionsOf(own));
    expect(new ExchangeFacts({ plan, limits, requestId: 'r', store }).store).toBe(store);
  });

  it('is shared by a state and its clones: a clone also reads later facts of a message', () => {
    const state = ruleStateOf(plan);
    const clone = state.clone();
    state.exchange.facts.set('REMOTE_ADDR', '::1');
    state.exchange.hasRequestBody = true;
    expect(clone.exchange.facts.get('REMOTE_ADDR')).toBe('::1');
    expect(clone.exchange.hasRequestBody).toBe(true);
    clone.memory.close();
  });
});
