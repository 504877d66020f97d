import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { type ExchangeCase, idsOf, planOf, runExchange } from '../support/exchange.ts';

const rules = String.raw`
SecDefaultAction "phase:1,log,auditlog,pass"
SecDefaultAction "phase:2,log,auditlog,pass"
SecAction "id:1,phase:1,pass,nolog,setvar:tx.inbound_anomaly_score=0,setvar:tx.critical=5"
SecRule ARGS|ARGS_NAMES|REQUEST_COOKIES "@rx (?i)union\s+select" "id:100,phase:2,block,capture,t:none,t:urlDecodeUni,msg:'SQL injection',\
  logdata:'Matched %{TX.0} in %{MATCHED_VAR_NAME}: %{MATCHED_VAR}',severity:CRITICAL,tag:'attack-sqli',setvar:'tx.inbound_anomaly_score=+%{tx.critical}'"
SecRule REQUEST_HEADERS:User-Agent "@pm sqlmap nikto" "id:101,phase:1,deny,status:406,msg:'scanner %{TX.0}',capture"
SecRule REQUEST_BODY "@contains <?php" "id:102,phase:2,deny"
SecRule TX:inbound_anomaly_score "@ge 5" "id:900,phase:2,deny,status:403,msg:'Score %{TX.inbound_anomaly_score}'"
SecRule RESPONSE_BODY "@rx ORA-\d{5}" "id:200,phase:4,deny,status:502,msg:'Oracle error'"
SecRule RESPONSE_HEADERS:X-Leak "@streq yes" "id:201,phase:3,deny"
`;

describe('Inspection', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(rules);
  });
  afterAll(() => closePlan(plan));

  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const json = { 'content-type': 'application/json' };

  const cases: readonly (readonly [string, ExchangeCase, readonly number[], string])[] = [
    ['lets a benign query pass', { target: '/?q=trade+union+elections' }, [], 'allow'],
    ['blocks SQL in the query', { target: '/?q=1+UNION+SELECT+2' }, [100, 900], 'block 900 403'],
    ['blocks SQL that is encoded twice', { target: '/?q=1%2520union%2520select' }, [100, 900], 'block 900 403'],
    ['blocks SQL in a cookie', { headers: { cookie: 'a=b; c=union select' } }, [100, 900], 'block 900 403'],
    ['blocks SQL in a form', { headers: form, body: 'a=1&b=x+union+select+y' }, [100, 900], 'block 900 403'],
    ['blocks SQL in a form name', { headers: form, body: 'union+select=1' }, [100, 900], 'block 900 403'],
    ['blocks SQL in JSON', { headers: json, body: '{"a":["x","union \\u0073elect"]}' }, [100, 900], 'block 900 403'],
    ['lets benign JSON pass', { headers: json, body: '{"a":["union","select"]}' }, [], 'allow'],
    ['blocks by header', { headers: { 'user-agent': 'SqlMap/1.0' } }, [101], 'block 101 406'],
    ['blocks in a raw body', { headers: { 'content-type': 'text/plain' }, body: 'hi <?php' }, [102], 'block 102 403'],
    ['blocks a response body', { response: { body: 'x ORA-01234 y' } }, [200], 'block 200 502'],
    ['blocks a response header', { response: { headers: { 'x-leak': 'yes' } } }, [201], 'block 201 403'],
    ['does not look for raw patterns in a JSON body', { headers: json, body: '{"a":"<?php"}' }, [], 'allow'],
    ['looks at the raw bytes of a broken JSON body', { headers: json, body: '{"a":"<?php' }, [102], 'block 102 403'],
  ];

  for (const [title, exchange, ids, verdict] of cases) {
    it(title, () => {
      const summary = runExchange(plan, exchange);
      const { verdict: seen } = summary;
      expect(idsOf(summary)).toStrictEqual(ids);
      expect(seen.kind === 'allow' ? 'allow' : `${seen.kind} ${seen.ruleId} ${seen.status}`).toBe(verdict);
    });
  }

  it('expands log data when the rule matched', () => {
    const { matches } = runExchange(plan, { target: '/?q=1+UNION++SELECT+2' });
    expect(matches[0]?.logData).toBe('Matched UNION  SELECT in ARGS:q: 1 UNION  SELECT 2');
    expect(matches[1]?.message).toBe('Score 5');
  });
});
