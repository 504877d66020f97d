// What decides about bodies that cannot be decoded, and when: shown by whole exchanges, at every cut.

import { describe, expect, it } from 'vitest';
import { failurePolicyWith } from '../../src/decision/failure-mode.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { type ExchangeCase, planOf, runExchange } from '../support/exchange.ts';

const json = { 'content-type': 'application/json' };
const malformed = '{"a": 1 nonsense';
const rule200002 = 'SecRule REQBODY_ERROR "!@eq 0" "id:200002,phase:2,t:none,log,deny,status:422"';
const trusted = (phase: number, allow: string): string =>
  `SecRule REMOTE_ADDR "@ipMatch 192.0.2.1" "id:7,phase:${phase},nolog,${allow}"`;
const request: ExchangeCase = { headers: json, body: malformed };
const coded = { status: 206, headers: { 'content-encoding': 'gzip' }, body: 'a part of something' };
const answered: ExchangeCase = { ...request, response: coded };
const blockResponses = { 'response-body': 'block' };

interface Row {
  readonly name: string;
  readonly rules: string;
  readonly exchange?: ExchangeCase;
  readonly onFailure?: Readonly<Record<string, string>>;
  /** `allow`, or what decided: a rule or a cause, and the status. */
  readonly verdict: 'allow' | 'detect' | readonly [ruleId: number, cause: string | undefined, status: number];
}

const rows: readonly Row[] = [
  { name: 'the policy, where no rule does', rules: 'SecAction "id:1,phase:1,pass"', verdict: [0, 'parse', 400] },
  { name: 'the rule, where there is one', rules: rule200002, verdict: [200002, undefined, 422] },
  {
    name: 'the rule, also where the policy would allow',
    rules: rule200002,
    onFailure: { parse: 'allow' },
    verdict: [200002, undefined, 422],
  },
  { name: 'a rule that only scores', rules: rule200002.replace('deny', 'pass,setvar:tx.score=+5'), verdict: 'allow' },
  { name: 'the policy, where a rule only logs', rules: rule200002.replace('deny', 'pass'), verdict: [0, 'parse', 400] },
  {
    name: 'nobody, when the rule was changed to pass',
    rules: `${rule200002}\nSecRuleUpdateActionById 200002 "pass"`,
    verdict: 'allow',
  },
  {
    name: 'a rule for REQBODY_PROCESSOR_ERROR',
    rules: rule200002.replace('REQBODY_ERROR', 'REQBODY_PROCESSOR_ERROR'),
    verdict: [200002, undefined, 422],
  },
  { name: 'nobody, when the rule was removed', rules: `${rule200002}\nSecRuleRemoveById 200002`, verdict: 'allow' },
  {
    name: 'nobody, when ctl removed the rule on this path',
    rules: `SecRule REQUEST_FILENAME "@streq /odd" "id:1,phase:1,pass,nolog,ctl:ruleRemoveById=200002"\n${rule200002}`,
    exchange: { ...request, target: '/odd' },
    verdict: 'allow',
  },
  {
    name: 'the rule, on other paths',
    rules: `SecRule REQUEST_FILENAME "@streq /odd" "id:1,phase:1,pass,nolog,ctl:ruleRemoveById=200002"\n${rule200002}`,
    verdict: [200002, undefined, 422],
  },
  { name: 'nobody behind allow in phase 1', rules: trusted(1, 'allow'), verdict: 'allow' },
  { name: 'nobody behind allow in phase 2', rules: trusted(2, 'allow'), verdict: 'allow' },
  { name: 'nobody behind allow:request in phase 1', rules: trusted(1, 'allow:request'), verdict: 'allow' },
  { name: 'nobody behind allow:phase in phase 2', rules: trusted(2, 'allow:phase'), verdict: 'allow' },
  { name: 'the policy behind allow:phase in phase 1', rules: trusted(1, 'allow:phase'), verdict: [0, 'parse', 400] },
  {
    name: 'nobody behind an allow that stands before the rule',
    rules: `${trusted(2, 'allow')}\n${rule200002}`,
    verdict: 'allow',
  },
  {
    name: 'the rule before an allow',
    rules: `${rule200002}\n${trusted(2, 'allow')}`,
    verdict: [200002, undefined, 422],
  },
  {
    name: 'the policy for responses behind allow:request',
    rules: trusted(1, 'allow:request'),
    exchange: answered,
    onFailure: blockResponses,
    verdict: [0, 'response-body', 502],
  },
  {
    name: 'nobody for responses behind allow',
    rules: trusted(1, 'allow'),
    exchange: answered,
    onFailure: blockResponses,
    verdict: 'allow',
  },
  {
    name: 'nobody for responses behind allow in phase 4',
    rules: trusted(4, 'allow'),
    exchange: { ...answered, body: '{"a":1}' },
    onFailure: blockResponses,
    verdict: 'allow',
  },
  {
    name: 'a rule for RES_BODY_ERROR',
    rules: 'SecRule RES_BODY_ERROR "@eq 1" "id:5,phase:4,deny,status:500"',
    exchange: { ...answered, body: '{"a":1}' },
    onFailure: blockResponses,
    verdict: [5, undefined, 500],
  },
  {
    name: 'the policy for request bodies where a rule is for responses only',
    rules: 'SecRule RES_BODY_ERROR "@eq 1" "id:5,phase:4,deny,status:500"',
    verdict: [0, 'parse', 400],
  },
  {
    name: 'the action that ctl:onFailure sets for a path',
    rules: 'SecRule REQUEST_FILENAME "@streq /odd" "id:1,phase:1,pass,nolog,ctl:onFailure=parse=allow"',
    exchange: { ...request, target: '/odd' },
    verdict: 'allow',
  },
  {
    name: 'the policy on other paths',
    rules: 'SecRule REQUEST_FILENAME "@streq /odd" "id:1,phase:1,pass,nolog,ctl:onFailure=parse=allow"',
    verdict: [0, 'parse', 400],
  },
  {
    name: 'ctl:onFailure of phase 2',
    rules: 'SecAction "id:1,phase:2,pass,nolog,ctl:onFailure=parse=detect"',
    verdict: 'detect',
  },
  {
    name: 'ctl:onFailure that is stricter than the policy',
    rules: 'SecAction "id:1,phase:1,pass,nolog,ctl:onFailure=parse=block"',
    onFailure: { parse: 'allow' },
    verdict: [0, 'parse', 400],
  },
];

describe('Judge', () => {
  for (const { name, rules, exchange = request, onFailure = {}, verdict: expected } of rows) {
    it(`lets decide ${name}`, async () => {
      const plan = await planOf(rules);
      try {
        const failurePolicy = failurePolicyWith(onFailure);
        for (const cuts of [[], Array.from({ length: 15 }, (_, index) => index + 1)]) {
          const { verdict, problems } = runExchange(plan, exchange, cuts, { failurePolicy });
          const seen = verdict.kind === 'block' ? [verdict.ruleId, verdict.cause, verdict.status] : verdict.kind;
          expect(seen, `${cuts.length} cuts`).toStrictEqual(expected);
          expect(problems.length > 0, 'a problem is noted whoever decides').toBe(true);
        }
      } finally {
        closePlan(plan);
      }
    });
  }

  for (const [name, rules, expected] of [
    ['a policy', 'SecAction "id:1,phase:1,pass"', 0],
    ['a rule', rule200002, 200002],
  ] as const) {
    it(`lets ${name} stop a long body at its first error, not at its end`, async () => {
      const plan = await planOf(rules);
      const long = `{"a": nonsense ${' '.repeat(1024 * 1024)}`;
      const { verdict, requestBytes } = runExchange(plan, { headers: json, body: long }, [32 * 1024]);
      closePlan(plan);
      expect(verdict.kind === 'block' && verdict.ruleId === expected).toBe(true);
      expect(requestBytes, `stopped after ${requestBytes} bytes`).toBeLessThanOrEqual(64 * 1024);
    });
  }
});
