// All engine cases: whole exchanges through a rule engine, without a network.

import type { Case, Exchange, Header } from '../case.ts';
import { createHtml, createJson, createNoise, createProse } from '../corpora/text.ts';

const sqli = "1' UNION SELECT password FROM users-- -";

const browser: readonly Header[] = [
  ['Host', 'shop.example.com'],
  ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'],
  ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
  ['Accept-Language', 'en-GB,en;q=0.5'],
  ['Cookie', 'session=4f1c2b8a9d3e; theme=dark'],
];

function get(target: string): Exchange {
  return { method: 'GET', target, protocol: 'HTTP/1.1', headers: browser, body: Buffer.alloc(0) };
}

function post(mediaType: string, body: string): Exchange {
  const bytes = Buffer.from(body, 'latin1');
  const headers: readonly Header[] = [
    ...browser,
    ['Content-Type', mediaType],
    ['Content-Length', String(bytes.length)],
  ];
  return { method: 'POST', target: '/orders', protocol: 'HTTP/1.1', headers, body: bytes };
}

function respond(body: string): Exchange {
  const bytes = Buffer.from(body, 'latin1');
  const headers: readonly Header[] = [
    ['Content-Type', 'text/html; charset=utf-8'],
    ['Content-Length', String(bytes.length)],
  ];
  return { ...get('/orders?page=2'), response: { status: 200, headers, body: bytes } };
}

const formType = 'application/x-www-form-urlencoded';

function form(values: readonly string[]): string {
  return values.map((value, n) => `field${n}=${encodeURIComponent(value)}`).join('&');
}

function createCase(
  description: { readonly name: string; readonly question: string; readonly attackRuleId: number },
  pair: { readonly benign: Exchange; readonly attack: Exchange },
): Case {
  const { benign } = pair;
  const head =
    benign.target.length + benign.headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  const inspectedBytes = benign.response?.body.length ?? (benign.body.length > 0 ? benign.body.length : head);
  return { ...description, inspectedBytes, ...pair };
}

function formCases(): readonly Case[] {
  const fields = [60, 80, 40, 100, 70, 90, 50].map((length, n) => createProse(n + 1, length));
  const argument = createProse(77, 10_000);
  const noise = createNoise(99, 10_000);
  return [
    createCase(
      { name: 'form-550b', question: 'What does an ordinary form post cost?', attackRuleId: 942100 },
      { benign: post(formType, form(fields)), attack: post(formType, form([...fields, sqli])) },
    ),
    createCase(
      { name: 'argument-10k', question: 'How fast is one long argument scanned?', attackRuleId: 942190 },
      { benign: post(formType, form([argument])), attack: post(formType, form([`${argument} ${sqli}`])) },
    ),
    createCase(
      { name: 'noise-10k', question: 'What does random printable noise cost?', attackRuleId: 942190 },
      { benign: post(formType, `n=${noise}`), attack: post(formType, form([`${noise} ${sqli}`])) },
    ),
  ];
}

function jsonCase(name: string, length: number): Case {
  const text = createJson(5, length);
  return createCase(
    { name, question: `What does a JSON body of ${length} characters cost?`, attackRuleId: 942100 },
    {
      benign: post('application/json', text),
      attack: post('application/json', text.replace('{"customers":[', `{"q":${JSON.stringify(sqli)},"customers":[`)),
    },
  );
}

/** The engine cases, smallest first. */
export const cases: readonly Case[] = [
  createCase(
    { name: 'get-2-args', question: 'What does a benign GET with two arguments cost?', attackRuleId: 942100 },
    {
      benign: get('/search?q=winter+journey&page=2'),
      attack: get(`/search?q=${encodeURIComponent(sqli)}&page=2`),
    },
  ),
  ...formCases(),
  jsonCase('json-10k', 10_000),
  jsonCase('json-87k', 87_000),
  createCase(
    { name: 'response-html-50k', question: 'How fast is an HTML response scanned?', attackRuleId: 951230 },
    {
      benign: respond(createHtml(3, 50_000)),
      attack: respond(
        createHtml(3, 50_000).replace(
          '</body>',
          'You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version</body>',
        ),
      ),
    },
  ),
];
