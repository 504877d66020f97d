// The effect of the policy for `uninspected` on bytes that a rule should have seen but did not, at every cut.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failurePolicyWith } from '../../src/decision/failure-mode.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { type ExchangeCase, planOf, runExchange } from '../support/exchange.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const long = 'harmless text '.repeat(7_000);
const page = { headers: { 'content-type': 'text/html' }, body: `<p>${long}</p>` };

const rules = `SecRequestBodyAccess On
SecResponseBodyAccess On
SecResponseBodyMimeType text/html
SecRule ARGS "@detectSQLi" "id:1,phase:2,deny"
SecRule ARGS_POST:n "@gt 5" "id:2,phase:2,deny"
SecRule REQUEST_FILENAME "@beginsWith /strict" "id:3,phase:1,pass,nolog,ctl:onFailure=uninspected=block"
SecRule REQUEST_FILENAME "@beginsWith /off" "id:4,phase:1,pass,nolog,ctl:requestBodyAccess=off"
SecRule RESPONSE_BODY "@detectXSS" "id:5,phase:4,deny"`;

/** Exchanges in which rules do not see everything that they read, and why. */
const unseen: readonly (readonly [string, ExchangeCase])[] = [
  ['detector-window', { headers: form, body: `a=1&q=${long}` }],
  ['whole-value-operator', { headers: form, body: `n=${'0'.repeat(80_000)}` }],
  ['detector-window', { response: page }],
];

/** Exchanges that are inspected completely, or as configured. */
const seen: readonly (readonly [string, ExchangeCase])[] = [
  ['a short form', { headers: form, body: 'q=1&n=3' }],
  ['an image', { response: { headers: { 'content-type': 'image/png' }, body: long } }],
  ['a body for which access is off', { target: '/off', headers: form, body: `q=${long}` }],
];

describe('bytes that rules did not see', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(rules);
  });
  afterAll(() => closePlan(plan));

  const outcome = (exchange: ExchangeCase, actions: Readonly<Record<string, string>>, cuts: readonly number[] = []) => {
    const { verdict, problems } = runExchange(plan, exchange, cuts, { failurePolicy: failurePolicyWith(actions) });
    const cause = 'cause' in verdict ? verdict.cause : undefined;
    return [verdict.kind, cause, problems.map((problem) => problem.cause)];
  };

  it.for(unseen)('%s: pass, are detected or are blocked by policy', ([cause, exchange]) => {
    const { uninspected } = runExchange(plan, exchange);
    expect(uninspected.get(cause) ?? 0).toBeGreaterThan(0);
    expect(outcome(exchange, {})).toStrictEqual(['allow', undefined, []]);
    for (const action of ['detect', 'block']) {
      const expected = [action, 'uninspected', ['uninspected']];
      for (const cuts of [[], [1, 70_000], [65_000, 65_536, 66_000], [16_384, 32_768, 49_152]]) {
        expect(outcome(exchange, { uninspected: action }, cuts), `${action} ${cuts}`).toStrictEqual(expected);
      }
    }
  });

  it.for(seen)('%s: nothing is to be decided', ([, exchange]) => {
    expect(outcome(exchange, { uninspected: 'block' })).toStrictEqual(['allow', undefined, []]);
  });

  it('are blocked if a rule requires it', () => {
    const body = `q=${long}`;
    expect(outcome({ target: '/strict', headers: form, body }, {})).toStrictEqual([
      'block',
      'uninspected',
      ['uninspected'],
    ]);
  });
});
