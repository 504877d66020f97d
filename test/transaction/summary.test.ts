import { describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf, runExchange } from '../support/exchange.ts';

describe('summaryOf', () => {
  it('adds up both directions', async () => {
    const plan = await planOf(`SecAction "id:1,phase:1,pass,nolog,setvar:tx.blocking_inbound_anomaly_score=3"
      SecRule REQUEST_BODY|RESPONSE_BODY "@rx odd" "id:2,phase:4,pass,log"
      SecRule RESPONSE_BODY "@rx leak" "id:3,phase:4,deny,log"`);
    const text = { 'content-type': 'text/plain' };
    const summary = runExchange(plan, { headers: text, body: 'odd', response: { headers: text, body: 'a leak' } });
    expect([summary.requestBytes, summary.responseBytes, summary.firstVerdictBytes]).toStrictEqual([3, 6, 6]);
    expect([summary.verdict.kind, summary.matches.map(({ ruleId }) => ruleId)]).toStrictEqual(['block', [2, 3]]);
    expect([[...summary.uninspected], summary.problems]).toStrictEqual([[], []]);
    closePlan(plan);
  });
});
