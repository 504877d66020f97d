import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { closePlan } from '../../src/plan/compile.ts';
import { idsOf, planOf, runExchange } from '../support/exchange.ts';

const rule = 'SecRule RESPONSE_BODY "@contains leak" "id:1,phase:4,pass,log"\n';

async function run(rules: string, type: string | readonly string[]) {
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

  describe('takes types of a kind for one', () => {
    const html = 'SecResponseBodyMimeType text/html';
    const all = `${html} text/plain text/xml application/json`;
    const cases: readonly (readonly [directive: string, type: string | readonly string[], isSeen: boolean])[] = [
      [all, 'application/problem+json', true],
      [all, 'application/xhtml+xml', true],
      [html, 'application/xhtml+xml', true],
      [all, 'application/atom+xml; charset=utf-8', true],
      [all, 'image/svg+xml', true],
      [all, 'text/event-stream', true],
      [html, 'application/problem+json', false],
      [html, 'text/event-stream', false],
      [all, 'text/css', false],
      [html, ['image/png', 'text/html'], true],
      [html, ['text/html', 'image/png'], true],
      [html, 'image/png, text/html', true],
      [html, ['image/png', 'image/gif'], false],
      [html, ['image/png', ''], false],
      [html, '', true],
      [html, 'nonsense', true],
      [html, 'image/png; a="b,c"', false],
      [html, 'multipart/byteranges; boundary=x', true],
      [html, '"text/html"', true],
      [html, "'text/html'; charset=utf-8", false],
      [html, 'text / html', true],
      [html, 'text /html', true],
      [html, 'text/ html', true],
      [html, 'text/html charset=utf-8', true],
      [html, 'text/html/', true],
      [html, '/html', true],
      [html, 'text/', true],
      [html, '<text/html>', true],
      [html, 'Content-Type: text/html', true],
      [html, 'text\\html', true],
      [html, ['image/png', 'text / html'], true],
    ];
    for (const [directive, type, isSeen] of cases) {
      it(`${directive}: ${JSON.stringify(type)} ${isSeen ? 'is' : 'is not'}`, async () => {
        assert.deepEqual((await run(`${directive}\n${rule}`, type)).ids, isSeen ? [1] : []);
      });
    }
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

  it('is decoded from UTF-16 and UTF-32 that only a mark tells', async () => {
    const bytes = Buffer.from('\ufeffa leak', 'utf16le');
    const wide = Buffer.from(Uint32Array.from(Array.from('\ufeffa leak', (letter) => letter.charCodeAt(0))).buffer);
    for (const body of [bytes, Buffer.from(bytes).swap16(), wide, Buffer.from(wide).swap32()]) {
      assert.deepEqual((await inspect({ 'content-type': 'text/html; charset=utf-8' }, body)).ids, [1]);
    }
  });

  describe('has no coding for rules of phase 4 where it was undone', () => {
    const rules = `SecRule RESPONSE_HEADERS:Content-Encoding "@pm gzip snappy" "id:1,phase:3,pass,log"
      SecRule RESPONSE_HEADERS:Content-Encoding "@pm gzip snappy" "id:2,phase:4,pass,nolog,skipAfter:END"
      SecRule RESPONSE_BODY "@contains leak" "id:3,phase:4,pass,log"
      SecMarker END
      SecRule &RESPONSE_HEADERS:Content-Encoding "@eq 1" "id:4,phase:4,pass,log"`;
    const cases: readonly (readonly [coding: string, body: Buffer, status: number, ids: readonly number[]])[] = [
      ['gzip', gzipSync('a leak'), 200, [1, 3]],
      ['snappy', Buffer.from('a leak'), 200, [1, 4]],
      ['gzip', Buffer.from('a leak'), 206, [1, 4]],
    ];
    for (const [coding, body, status, ids] of cases) {
      it(`${coding}, ${status}`, async () => {
        const plan = await planOf(rules);
        try {
          const headers = { ...text, 'content-encoding': coding };
          assert.deepEqual(idsOf(runExchange(plan, { response: { status, headers, body } })), ids);
        } finally {
          closePlan(plan);
        }
      });
    }

    it('unless bodies are not looked at', async () => {
      const plan = await planOf(`SecResponseBodyAccess Off\n${rules}`);
      const response = { headers: { ...text, 'content-encoding': 'gzip' }, body: gzipSync('a leak') };
      assert.deepEqual(idsOf(runExchange(plan, { response })), [1, 4]);
      closePlan(plan);
    });
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
