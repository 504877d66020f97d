// All engine cases: whole exchanges through a rule engine, without a network.

import type { Case, Exchange, Header } from '../case.ts';
import { binaryKinds } from '../corpora/binary.ts';
import { createHtml, createJson, createNoise, createProse } from '../corpora/text.ts';

/** Benign exchanges of a case. They share what the requests of one service share: headers, and names of fields. */
const variants = 32;

const sqli = "1' UNION SELECT password FROM users-- -";

/** A service's response to most requests: a short page. */
function shortResponse(seed: number): Exchange['response'] {
  return htmlResponse(`<!doctype html>\n<title>Order</title><p>Order ${seed} is on its way.</p>\n`);
}

function htmlResponse(page: string): Exchange['response'] {
  const body = Buffer.from(page, 'latin1');
  const headers: readonly Header[] = [
    ['Content-Type', 'text/html; charset=utf-8'],
    ['Content-Length', String(body.length)],
    ['Date', 'Mon, 30 Nov 2026 08:00:00 GMT'],
    ['Cache-Control', 'no-store'],
  ];
  return { status: 200, headers, body };
}

/** A browser's headers, and what Envoy adds to them. */
function browser(seed: number): readonly Header[] {
  return [
    ['Host', 'shop.example.com'],
    ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'],
    ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ['Accept-Language', 'en-GB,en;q=0.5'],
    ['Cookie', `session=4f1c2b8a9d3e${seed}; theme=dark`],
    ['X-Forwarded-Proto', 'https'],
    ['X-Request-Id', `24739472-3953-4cf4-aeed-${String(seed).padStart(12, '0')}`],
  ];
}

function get(seed: number, target: string): Exchange {
  return {
    method: 'GET',
    target,
    protocol: 'HTTP/1.1',
    headers: browser(seed),
    body: Buffer.alloc(0),
    response: shortResponse(seed),
  };
}

function post(seed: number, mediaType: string, body: string): Exchange {
  const bytes = Buffer.from(body, 'latin1');
  const headers: readonly Header[] = [
    ...browser(seed),
    ['Content-Type', mediaType],
    ['Content-Length', String(bytes.length)],
  ];
  return {
    method: 'POST',
    target: '/orders',
    protocol: 'HTTP/1.1',
    headers,
    body: bytes,
    response: shortResponse(seed),
  };
}

function respond(seed: number, body: string): Exchange {
  return { ...get(seed, '/orders?page=2'), response: htmlResponse(body) };
}

const formType = 'application/x-www-form-urlencoded';

function form(values: readonly string[]): string {
  return values.map((value, n) => `field${n}=${encodeURIComponent(value)}`).join('&');
}

function createCase(
  description: { readonly name: string; readonly question: string; readonly attackRuleId: number },
  pair: { readonly benign: (seed: number) => Exchange; readonly attack: Exchange },
): Case {
  const benign = Array.from({ length: variants }, (_, seed) => pair.benign(100 * seed));
  const inspectedBytes = benign.reduce((sum, exchange) => sum + bytesOf(exchange), 0) / variants;
  return { ...description, inspectedBytes, benign, attack: pair.attack };
}

function bytesOf({ target, headers, body, response }: Exchange): number {
  const head = target.length + headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return body.length > 0 ? body.length : Math.max(head, response.body.length);
}

function formCases(): readonly Case[] {
  const fields = (seed: number) => [60, 80, 40, 100, 70, 90, 50].map((length, n) => createProse(seed + n + 1, length));
  const argument = (seed: number) => createProse(seed + 77, 10_000);
  const noise = (seed: number) => createNoise(seed + 99, 10_000);
  return [
    createCase(
      { name: 'form-550b', question: 'What does an ordinary form post cost?', attackRuleId: 942100 },
      {
        benign: (seed) => post(seed, formType, form(fields(seed))),
        attack: post(0, formType, form([...fields(0), sqli])),
      },
    ),
    createCase(
      { name: 'argument-10k', question: 'How fast is one long argument scanned?', attackRuleId: 942190 },
      {
        benign: (seed) => post(seed, formType, form([argument(seed)])),
        attack: post(0, formType, form([`${argument(0)} ${sqli}`])),
      },
    ),
    createCase(
      { name: 'noise-10k', question: 'What does random printable noise cost?', attackRuleId: 942190 },
      {
        benign: (seed) => post(seed, formType, `n=${noise(seed)}`),
        attack: post(0, formType, form([`${noise(0)} ${sqli}`])),
      },
    ),
  ];
}

function jsonCase(name: string, length: number): Case {
  const text = (seed: number) => createJson(seed + 5, length);
  return createCase(
    { name, question: `What does a JSON body of ${length} characters cost?`, attackRuleId: 942100 },
    {
      benign: (seed) => post(seed, 'application/json', text(seed)),
      attack: post(
        0,
        'application/json',
        text(0).replace('{"customers":[', `{"q":${JSON.stringify(sqli)},"customers":[`),
      ),
    },
  );
}

function responseCase(): Case {
  const page = (seed: number) => createHtml(seed + 3, 50_000);
  const leak =
    'You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version</body>';
  return createCase(
    { name: 'response-html-50k', question: 'How fast is an HTML response scanned?', attackRuleId: 951230 },
    { benign: (seed) => respond(seed, page(seed)), attack: respond(0, page(0).replace('</body>', leak)) },
  );
}

const boundary = '----WeirBench7f3a';

/** A form with a file of bytes that are not text; the attack is in the field after it. */
function uploadCase(): Case {
  const fileBytes = 1_048_576;
  const part = (name: string, more = ''): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n`;
  const body = (seed: number, note: string): string => {
    const file = binaryKinds['random']?.(seed + 1, fileBytes) ?? Buffer.alloc(0);
    const head = `${part('file', `; filename="picture-${seed}.jpg"`)}Content-Type: image/jpeg\r\n\r\n`;
    return `${head}${file.toString('latin1')}\r\n${part('note')}\r\n${note}\r\n--${boundary}--\r\n`;
  };
  return createCase(
    { name: 'upload-1m', question: 'How fast is a file of bytes that are not text?', attackRuleId: 942100 },
    {
      benign: (seed) => post(seed, `multipart/form-data; boundary=${boundary}`, body(seed, 'good morning')),
      attack: post(0, `multipart/form-data; boundary=${boundary}`, body(0, sqli)),
    },
  );
}

/** The engine cases, smallest first. */
export const cases: readonly Case[] = [
  createCase(
    { name: 'get-2-args', question: 'What does a benign GET with two arguments cost?', attackRuleId: 942100 },
    {
      benign: (seed) =>
        get(
          seed,
          `/search?q=${createProse(seed + 1, 14)
            .trim()
            .replaceAll(' ', '+')}&page=${seed}`,
        ),
      attack: get(0, `/search?q=${encodeURIComponent(sqli)}&page=2`),
    },
  ),
  ...formCases(),
  jsonCase('json-10k', 10_000),
  jsonCase('json-87k', 87_000),
  responseCase(),
  uploadCase(),
];
