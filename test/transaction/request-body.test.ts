import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { closePlan } from '../../src/plan/compile.ts';
import { type ExchangeCase, idsOf, planOf, runExchange } from '../support/exchange.ts';

const json = { 'content-type': 'application/json' };
const detect = 'SecRuleEngine DetectionOnly\n';

async function run(rules: string, exchange: ExchangeCase) {
  const plan = await planOf(rules);
  try {
    return runExchange(plan, exchange);
  } finally {
    closePlan(plan);
  }
}

describe('RequestBody', () => {
  const processors: readonly (readonly [string, string])[] = [
    ['application/x-www-form-urlencoded', 'URLENCODED'],
    ['application/json', 'JSON'],
    ['text/plain', ''],
    ['', ''],
  ];
  for (const [type, processor] of processors) {
    it(`tells phase 1 that "${type}" is processed as "${processor}"`, async () => {
      const rules = 'SecAction "id:1,phase:1,pass,log,logdata:\'<%{REQBODY_PROCESSOR}>\'"';
      const { matches } = await run(rules, { headers: { 'content-type': type }, body: 'x' });
      assert.equal(matches[0]?.logData, `<${processor}>`);
    });
  }

  it('lets a rule choose the processor', async () => {
    const rules = `SecAction "id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON"
      SecRule ARGS:json.a "@streq b" "id:2,phase:2,pass,log"`;
    assert.deepEqual(idsOf(await run(rules, { headers: { 'content-type': 'text/plain' }, body: '{"a":"b"}' })), [2]);
  });

  it('adds REQUEST_BODY beside fields when a rule forces it', async () => {
    const rules = (actions: string) => `SecAction "id:1,phase:1,pass,nolog${actions}"
      SecRule REQUEST_BODY "@contains {" "id:2,phase:2,pass,log"`;
    assert.deepEqual(idsOf(await run(rules(''), { headers: json, body: '{}' })), []);
    const forced = rules(',ctl:forceRequestBodyVariable=On');
    assert.deepEqual(idsOf(await run(forced, { headers: json, body: '{}' })), [2]);
  });

  it('tells rules about a malformed body and blocks it', async () => {
    const rules = 'SecRule REQBODY_ERROR "!@eq 0" "id:1,phase:2,pass,log,logdata:\'%{REQBODY_ERROR_MSG}\'"';
    const summary = await run(rules, { headers: json, body: '{"a":' });
    assert.deepEqual(idsOf(summary), [1]);
    assert.match(summary.matches[0]?.logData ?? '', /JSON/);
    assert.deepEqual(summary.verdict, { kind: 'block', ruleId: 0, status: 400, phase: 2, cause: 'parse' });
    assert.equal((await run(detect + rules, { headers: json, body: '{"a":' })).verdict.kind, 'detect');
  });

  it('measures the body', async () => {
    const rules = 'SecRule REQUEST_BODY_LENGTH "@eq 5" "id:1,phase:2,pass,log"';
    assert.deepEqual(idsOf(await run(rules, { headers: { 'content-type': 'text/plain' }, body: '12345' })), [1]);
  });

  it('counts a body that is not to be looked at as uninspected', async () => {
    const rules = 'SecRequestBodyAccess Off\nSecRule REQUEST_BODY|ARGS "@rx ." "id:1,phase:2,pass,log"';
    const summary = await run(rules, { headers: { 'content-type': 'text/plain' }, body: '12345' });
    assert.deepEqual(idsOf(summary), []);
    assert.deepEqual([...summary.uninspected], [['request-body-access-off', 5]]);
  });
});
