import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
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

  it('measures the body', async () => {
    const plan = await planOf('SecRule RESPONSE_BODY_LENGTH "@eq 6" "id:1,phase:4,pass,log"');
    for (const cuts of [[], [1, 5]])
      assert.deepEqual(idsOf(runExchange(plan, { response: { body: 'a leak' } }, cuts)), [1]);
    assert.deepEqual(idsOf(runExchange(plan, { response: { body: 'a leak.' } })), []);
    closePlan(plan);
  });

  it('can be switched off, and on again by a rule', async () => {
    const off = `SecResponseBodyAccess Off\n${rule}`;
    assert.deepEqual(await run(off, 'text/html'), { ids: [], uninspected: [['response-body-access-off', 6]] });
    const on = `${off}SecAction "id:2,phase:3,pass,nolog,ctl:responseBodyAccess=On"\n`;
    assert.deepEqual((await run(on, 'text/html')).ids, [1]);
  });
});

describe('ResponseBody, encoded', () => {
  const text = { 'content-type': 'text/plain' };

  async function inspect(headers: Readonly<Record<string, string>>, body: Buffer, status = 200) {
    const plan = await planOf(`${rule}SecRule RES_BODY_ERROR "@eq 1" "id:2,phase:4,pass,log"
      SecRule RES_BODY_CODING_UNSUPPORTED "@rx ." "id:3,phase:4,pass,log"
      SecRule REQBODY_ERROR "@eq 1" "id:4,phase:4,pass,log"`);
    try {
      const runs = [[], [1], Array.from({ length: body.length }, (_, at) => at)].map((cuts) => {
        const { matches: _, ...summary } = runExchange(plan, { response: { status, headers, body } }, cuts);
        return { ...summary, ids: idsOf({ ...summary, matches: _ }) };
      });
      for (const one of runs) assert.deepEqual(one, runs[0]);
      return runs[0] as (typeof runs)[0];
    } finally {
      closePlan(plan);
    }
  }

  it('is decoded', async () => {
    const { ids, uninspected, verdict } = await inspect({ ...text, 'content-encoding': 'gzip' }, gzipSync('a leak'));
    assert.deepEqual([ids, [...uninspected], verdict.kind], [[1], [], 'allow']);
  });

  it('is decoded from UTF-16', async () => {
    const headers = { 'content-type': 'text/plain; charset=utf-16le' };
    assert.deepEqual((await inspect(headers, Buffer.from('a leak', 'utf16le'))).ids, [1]);
  });

  it('is inspected as it is, counted and detected when it cannot be decoded', async () => {
    const found = await inspect({ ...text, 'content-encoding': 'exi' }, Buffer.from('a leak'));
    assert.deepEqual(found.ids, [1, 2, 3]);
    assert.deepEqual([...found.uninspected], [['response-coding', 6]]);
    assert.deepEqual(found.verdict, { kind: 'detect', ruleId: 0, status: 502, phase: 4, cause: 'response-body' });
  });

  it('is counted and detected when it breaks off', async () => {
    const { ids, verdict } = await inspect({ ...text, 'content-encoding': 'gzip' }, gzipSync('a leak').subarray(0, -2));
    assert.deepEqual([ids, verdict.kind], [[1, 2], 'detect']);
  });

  it('is counted when it is a part of an encoded one', async () => {
    const headers = { ...text, 'content-encoding': 'br', 'content-range': 'bytes 5-10/20' };
    const { ids, uninspected } = await inspect(headers, Buffer.from('a leak'), 206);
    assert.deepEqual([ids, [...uninspected]], [[1, 2], [['response-coding', 6]]]);
  });
});

describe('ResponseBody, of a type that is not listed', () => {
  const rules = `SecResponseBodyMimeType text/html\n${rule}`;

  it('is seen without a type, and as ranges', async () => {
    assert.deepEqual((await run(rules, '')).ids, [1]);
    assert.deepEqual((await run(rules, 'multipart/byteranges; boundary=x')).ids, [1]);
  });
});

describe('a response body that is empty', () => {
  const empty = 'SecRule RESPONSE_BODY "!@contains </html>" "id:1,phase:4,pass"';
  const idsFor = async (rules: string, headers: Readonly<Record<string, string>>, body = ''): Promise<number[]> => {
    const plan = await planOf(rules);
    try {
      return idsOf(runExchange(plan, { response: { headers, body } }));
    } finally {
      closePlan(plan);
    }
  };

  it('is a value that rules see, where bodies of its type are looked at', async () => {
    const html = { 'content-type': 'text/html' };
    assert.deepEqual(await idsFor(empty, html), [1]);
    assert.deepEqual(await idsFor(empty, html, '<html></html>'), []);
    assert.deepEqual(await idsFor(`SecResponseBodyMimeType text/html\n${empty}`, { 'content-type': 'image/png' }), []);
    assert.deepEqual(await idsFor(`SecResponseBodyAccess Off\n${empty}`, html), []);
    assert.deepEqual(await idsFor('SecRule RES_BODY_ERROR_MSG "^$" "id:1,phase:3,pass"', html), [1]);
  });
});
