import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
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
  it('inspects every type unless a directive names some', async () => {
    expect((await run(rule, 'application/octet-stream')).ids).toStrictEqual([1]);
  });

  it('inspects the types that a directive names, and counts the others', async () => {
    const rules = `SecResponseBodyMimeType text/html text/plain\n${rule}`;
    expect(await run(rules, 'Text/HTML; charset=utf-8')).toStrictEqual({ ids: [1], uninspected: [] });
    expect(await run(rules, 'image/png')).toStrictEqual({ ids: [], uninspected: [['response-media-type', 6]] });
  });

  describe('treats types of a kind as one', () => {
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
        expect((await run(`${directive}\n${rule}`, type)).ids).toStrictEqual(isSeen ? [1] : []);
      });
    }
  });

  it('measures the body', async () => {
    const plan = await planOf('SecRule RESPONSE_BODY_LENGTH "@eq 6" "id:1,phase:4,pass,log"');
    for (const cuts of [[], [1, 5]])
      expect(idsOf(runExchange(plan, { response: { body: 'a leak' } }, cuts))).toStrictEqual([1]);
    expect(idsOf(runExchange(plan, { response: { body: 'a leak.' } }))).toStrictEqual([]);
    closePlan(plan);
  });

  it('can be turned off, and on again by a rule', async () => {
    const off = `SecResponseBodyAccess Off\n${rule}`;
    expect(await run(off, 'text/html')).toStrictEqual({ ids: [], uninspected: [['response-body-access-off', 6]] });
    const on = `${off}SecAction "id:2,phase:3,pass,nolog,ctl:responseBodyAccess=On"\n`;
    expect((await run(on, 'text/html')).ids).toStrictEqual([1]);
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
      for (const one of runs) expect(one).toStrictEqual(runs[0]);
      return runs[0] as (typeof runs)[0];
    } finally {
      closePlan(plan);
    }
  }

  it('is decoded', async () => {
    const { ids, uninspected, verdict } = await inspect({ ...text, 'content-encoding': 'gzip' }, gzipSync('a leak'));
    expect([ids, [...uninspected], verdict.kind]).toStrictEqual([[1], [], 'allow']);
  });

  it('is decoded from UTF-16', async () => {
    const headers = { 'content-type': 'text/plain; charset=utf-16le' };
    expect((await inspect(headers, Buffer.from('a leak', 'utf16le'))).ids).toStrictEqual([1]);
  });

  it('is decoded from UTF-16 and UTF-32 with only a byte order mark', async () => {
    const bytes = Buffer.from('\ufeffa leak', 'utf16le');
    const wide = Buffer.from(Uint32Array.from(Array.from('\ufeffa leak', (letter) => letter.charCodeAt(0))).buffer);
    for (const body of [bytes, Buffer.from(bytes).swap16(), wide, Buffer.from(wide).swap32()]) {
      expect((await inspect({ 'content-type': 'text/html; charset=utf-8' }, body)).ids).toStrictEqual([1]);
    }
  });

  describe('has no content encoding for rules of phase 4 if it was decoded', () => {
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
          expect(idsOf(runExchange(plan, { response: { status, headers, body } }))).toStrictEqual(ids);
        } finally {
          closePlan(plan);
        }
      });
    }

    it('unless bodies are not inspected', async () => {
      const plan = await planOf(`SecResponseBodyAccess Off\n${rules}`);
      const response = { headers: { ...text, 'content-encoding': 'gzip' }, body: gzipSync('a leak') };
      expect(idsOf(runExchange(plan, { response }))).toStrictEqual([1, 4]);
      closePlan(plan);
    });
  });

  it('is inspected undecoded, counted and detected when it cannot be decoded', async () => {
    const found = await inspect({ ...text, 'content-encoding': 'exi' }, Buffer.from('a leak'));
    expect(found.ids).toStrictEqual([1, 2, 3]);
    expect([...found.uninspected]).toStrictEqual([['response-coding', 6]]);
    expect(found.verdict).toStrictEqual({ kind: 'detect', ruleId: 0, status: 502, phase: 4, cause: 'response-body' });
  });

  it('is counted and detected when it is truncated', async () => {
    const { ids, verdict } = await inspect({ ...text, 'content-encoding': 'gzip' }, gzipSync('a leak').subarray(0, -2));
    expect([ids, verdict.kind]).toStrictEqual([[1, 2], 'detect']);
  });

  it('is counted when it is a part of an encoded one', async () => {
    const headers = { ...text, 'content-encoding': 'br', 'content-range': 'bytes 5-10/20' };
    const { ids, uninspected } = await inspect(headers, Buffer.from('a leak'), 206);
    expect([ids, [...uninspected]]).toStrictEqual([[1, 2], [['response-coding', 6]]]);
  });
});

describe('ResponseBody, of a type that is not listed', () => {
  const rules = `SecResponseBodyMimeType text/html\n${rule}`;

  it('is inspected without a type, and as ranges', async () => {
    expect((await run(rules, '')).ids).toStrictEqual([1]);
    expect((await run(rules, 'multipart/byteranges; boundary=x')).ids).toStrictEqual([1]);
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

  it('is a value that rules see, if bodies of its type are inspected', async () => {
    const html = { 'content-type': 'text/html' };
    expect(await idsFor(empty, html)).toStrictEqual([1]);
    expect(await idsFor(empty, html, '<html></html>')).toStrictEqual([]);
    expect(await idsFor(`SecResponseBodyMimeType text/html\n${empty}`, { 'content-type': 'image/png' })).toStrictEqual(
      [],
    );
    expect(await idsFor(`SecResponseBodyAccess Off\n${empty}`, html)).toStrictEqual([]);
    expect(await idsFor('SecRule RES_BODY_ERROR_MSG "^$" "id:1,phase:3,pass"', html)).toStrictEqual([1]);
  });
});
