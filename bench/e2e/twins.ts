// The exchanges of workloads and their attacking twins: what browsers, applications and services send. All text is seeded, so that
// every run asks the same.

import { createHash } from 'node:crypto';
import type { Header } from '../case.ts';
import { binaryKinds } from '../corpora/binary.ts';
import { createHtml, createJson, createProse } from '../corpora/text.ts';
import type { Expected, Sent, Twins } from './workload.ts';

const KiB = 1024;

/** The attack of requests. */
export const sqli = "1' UNION SELECT password FROM users-- -";
/** The attack of responses. */
export const leak =
  'You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version';
const sqliRuleId = { crs: 942_100, starter: 1_001_010 };
const leakRuleId = { crs: 951_230, starter: 1_010_010 };

const requestHeaders: readonly Header[] = [
  ['Host', 'shop.example.com'],
  ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'],
  ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
  ['Accept-Language', 'en-GB,en;q=0.5'],
];

/** Words of prose as in a query or a form: letters and plus signs. */
export const wordsOf = (seed: number, length: number): string =>
  createProse(seed, 2 * length)
    .replaceAll(/[.,]/g, '')
    .replaceAll(' ', '+')
    .slice(0, length)
    .replace(/\+$/, 's');

const digestOf = (...parts: readonly Uint8Array[]): Expected => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return { bytes: parts.reduce((sum, part) => sum + part.length, 0), sha256: hash.digest('hex') };
};

/** The service's response to a body when it is asked for its digest. */
const receiptOf = (body: Uint8Array): Expected => {
  const { bytes, sha256 } = digestOf(body);
  return digestOf(Buffer.from(`received ${bytes} ${sha256}\n`));
};

/** A GET with the headers that all have. */
export const get = (path: string, more: readonly Header[] = []): Sent => ({
  method: 'GET',
  path,
  headers: [...requestHeaders, ...more],
  body: Buffer.alloc(0),
});

/** A POST with the headers that all have. */
export const post = (mediaType: string, body: Buffer): Sent => ({
  method: 'POST',
  path: '/orders',
  headers: [...requestHeaders, ['Content-Type', mediaType]],
  body,
});

/** Twins to which the service responds with a receipt. */
export const receiptTwins = (benign: () => Sent, attack: () => Sent): Twins => ({
  benign,
  expected: () => receiptOf(benign().body),
  attack,
  attackRuleId: sqliRuleId,
});

/** A query of two arguments; the attack is the first. */
export function getTwins(n: number): Twins {
  const path = (q: string): string => `/search?q=${q}&page=${n + 1}`;
  return receiptTwins(
    () => get(path(wordsOf(100 * n + 1, 14))),
    () => get(path(encodeURIComponent(sqli))),
  );
}

/** Twenty headers and ten cookies; the attack is in the last cookie. */
export function browserTwins(n: number): Twins {
  const token = (seed: number, bytes: number): string =>
    (binaryKinds.random?.(100 * n + seed, bytes) ?? Buffer.alloc(0)).toString('hex');
  const names = ['session', 'csrf', 'theme', 'locale', 'cart', 'visitor', 'consent', 'experiment', 'seen', 'note'];
  const send = (last: string): Sent => {
    const values = [token(1, 16), token(2, 16), 'dark', 'en-GB', `${n}`, token(3, 8), 'yes', 'b', token(4, 4), last];
    return get(`/products/${n}?sort=price&page=2`, [
      ['Accept-Encoding', 'gzip, deflate, br, zstd'],
      ['Referer', `https://shop.example.com/products?page=${n}`],
      ['Cache-Control', 'max-age=0'],
      ['DNT', '1'],
      ['Priority', 'u=0, i'],
      ['Sec-Fetch-Dest', 'document'],
      ['Sec-Fetch-Mode', 'navigate'],
      ['Sec-Fetch-Site', 'same-origin'],
      ['Sec-Fetch-User', '?1'],
      ['Sec-CH-UA', '"Chromium";v="128", "Not;A=Brand";v="24"'],
      ['Sec-CH-UA-Mobile', '?0'],
      ['Sec-CH-UA-Platform', '"Linux"'],
      ['Upgrade-Insecure-Requests', '1'],
      ['If-None-Match', `"${token(5, 8)}"`],
      ['Cookie', names.map((name, at) => `${name}=${values[at]}`).join('; ')],
    ]);
  };
  return receiptTwins(
    () => send(wordsOf(n + 7, 12)),
    () => send(encodeURIComponent(sqli)),
  );
}

/** Seven fields, 467 bytes. */
export function formTwins(n: number): Twins {
  const names = ['first_name', 'surname', 'street', 'city', 'subject', 'message'];
  const lengths = [10, 12, 30, 14, 60, 200];
  const start = names.map((name, at) => `${name}=${wordsOf(100 * n + at + 1, lengths[at] ?? 0)}`).join('&');
  const fill = `${start}&comment=${wordsOf(100 * n + 50, 400)}`.slice(0, 467).replace(/\+$/, 's');
  const send = (body: string): Sent => post('application/x-www-form-urlencoded', Buffer.from(body));
  return receiptTwins(
    () => send(fill),
    () => send(`${fill}&coupon=${encodeURIComponent(sqli)}`),
  );
}

/** Records of customers; the attack comes after all of them. */
export function jsonTwins(n: number, length: number): Twins {
  const text = createJson(100 * n + 5, length);
  const attack = text.replace(/\]\}$/, `],"q":${JSON.stringify(sqli)}}`);
  return receiptTwins(
    () => post('application/json', Buffer.from(text)),
    () => post('application/json', Buffer.from(attack)),
  );
}

/** A form with a file of random bytes; the attack is in the field after the file. */
export function uploadTwins(n: number, fileBytes: number): Twins {
  const boundary = `----WeirBench${String(n).padStart(8, '0')}`;
  const part = (name: string, more = ''): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n`;
  const send = (note: string): Sent => {
    const body = Buffer.concat([
      Buffer.from(`${part('album')}\r\n${wordsOf(n + 3, 20)}\r\n`),
      Buffer.from(`${part('file', `; filename="picture-${n}.jpg"`)}Content-Type: image/jpeg\r\n\r\n`),
      binaryKinds.random?.(n + 1, fileBytes) ?? Buffer.alloc(0),
      Buffer.from(`\r\n${part('note')}\r\n${note}\r\n--${boundary}--\r\n`),
    ]);
    return post(`multipart/form-data; boundary=${boundary}`, body);
  };
  return receiptTwins(
    () => send('good morning'),
    () => send(sqli),
  );
}

/** A page. */
export const html = (n: number): string => createHtml(100 * n + 3, 50_000);
/** The same with the leak at its end. */
export const leakingHtml = (n: number): string => html(n).replace('</body>', `${leak}</body>`);

/** A page of 50 KB; the attack is a leak at its end. */
export function pageTwins(n: number): Twins {
  return {
    benign: () => get(`/page-${n}.html`),
    expected: () => digestOf(Buffer.from(html(n))),
    attack: () => get(`/leak-${n}.html`),
    attackRuleId: leakRuleId,
    leakOffset: html(n).indexOf('</body>'),
  };
}

/** The end of a download, the only part that differs between variants. */
export const downloadTail = (n: number, text: string): Buffer => Buffer.from(`${createProse(n + 9, 400)}\n${text}\n`);

/** Text of a report, one MiB repeated. */
export function downloadFill(bytes: number): Buffer {
  const line = (seed: number): string => `${createProse(seed, 79)}\n`;
  const piece = Buffer.from(Array.from({ length: (64 * KiB) / 80 + 1 }, (_, seed) => line(seed + 1)).join(''));
  return Buffer.alloc(bytes, piece);
}

/** A download of which the last lines differ; the attack is a leak in them. */
export function downloadTwins(n: number, fill: Buffer): Twins {
  return {
    benign: () => get(`/download-${n}.txt`),
    expected: () => digestOf(fill, downloadTail(n, 'end')),
    attack: () => get(`/download-leak-${n}.txt`),
    attackRuleId: leakRuleId,
    leakOffset: fill.length + downloadTail(n, leak).indexOf(leak),
  };
}
