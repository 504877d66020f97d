import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { closePlan } from '../../src/plan/compile.ts';
import { idsOf, planOf, runExchange } from '../support/exchange.ts';

const rule = 'SecRule RESPONSE_BODY "@contains leak" "id:1,phase:4,pass,log"\n';

async function run(rules: string, type: string) {
  const plan = await planOf(rules);
  try {
    const summary = runExchange(plan, { response: { headers: { 'content-type': type }, body: 'a leak' } });
    return { ids: idsOf(summary), uninspected: [...summary.uninspected] };
  } finally {
    closePlan(plan);
  }
}

describe('ResponseBody', () => {
  it('looks at every type unless a directive names some', async () => {
    assert.deepEqual((await run(rule, 'application/octet-stream')).ids, [1]);
  });

  it('looks at the types that a directive names, and counts the others', async () => {
    const rules = `SecResponseBodyMimeType text/html text/plain\n${rule}`;
    assert.deepEqual(await run(rules, 'Text/HTML; charset=utf-8'), { ids: [1], uninspected: [] });
    assert.deepEqual(await run(rules, 'image/png'), { ids: [], uninspected: [['response-media-type', 6]] });
  });

  it('can be switched off, and on again by a rule', async () => {
    const off = `SecResponseBodyAccess Off\n${rule}`;
    assert.deepEqual(await run(off, 'text/html'), { ids: [], uninspected: [['response-body-access-off', 6]] });
    const on = `${off}SecAction "id:2,phase:3,pass,nolog,ctl:responseBodyAccess=On"\n`;
    assert.deepEqual((await run(on, 'text/html')).ids, [1]);
  });
});
