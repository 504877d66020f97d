// The corpus of `weir check --cost`: a few ordinary exchanges, the same on every machine. Knows no rule.

import { toBytes } from '../base/bytes.ts';
import type { HeaderList } from '../http/headers.ts';

/** An exchange of the corpus. */
export interface CostExchange {
  readonly target: string;
  readonly headers: HeaderList;
  /** Empty: a GET. */
  readonly body: Uint8Array;
  readonly responseHeaders: HeaderList;
  readonly responseBody: Uint8Array;
}

const words = (
  'the order of a customer is shown here with name street city and date please select one or more items from our list and go ' +
  'on to payment if you have any question about delivery write to us we answer within two days 2024 17 3.50 EUR OK? (yes)'
).split(' ');

/** Prose of approximately this many bytes. */
function prose(bytes: number, step: number): string {
  let text = '';
  for (let at = step; text.length < bytes; at += step) {
    text += `${words[at % words.length]}${at % 11 === 0 ? ', ' : at % 17 === 0 ? ". It's fine; " : ' '}`;
  }
  return text;
}

const header = (name: string, value: string) => ({ name, value });
const browser = [
  header('host', 'shop.example'),
  header('user-agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'),
  header('accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'),
  header('accept-language', 'en-GB,en;q=0.5'),
  header('cookie', 'session=5f2b8c1d9e; theme=dark; visited=1'),
  header('referer', 'https://shop.example/list?page=2'),
];

const valueBytes = 700;
const valueCount = 10;
const values = Array.from({ length: valueCount }, (_, at) => prose(valueBytes, 7 + at));
const page = `<!DOCTYPE html><html><body>${values.map((text) => `<p class="x">${text}</p>`).join('\n')}</body></html>`;

function exchange(type: string, body: string, responseType: string, responseBody: string): CostExchange {
  return {
    target: `/orders/17?page=2&sort=date&q=${encodeURIComponent(prose(100, 5))}`,
    headers: body === '' ? browser : [...browser, header('content-type', type)],
    body: toBytes(body),
    responseHeaders: [header('content-type', responseType)],
    responseBody: toBytes(responseBody),
  };
}

const form = values.map((text, at) => `field${at}=${encodeURIComponent(text)}`).join('&');
const json = JSON.stringify(values.map((text, at) => ({ id: at, name: `field ${at}`, text })));
const part = (text: string, at: number): string =>
  `--b\r\nContent-Disposition: form-data; name="field${at}"\r\n\r\n${text}\r\n`;

/** All of them. */
export const costCorpus: readonly CostExchange[] = [
  exchange('', '', 'text/html', page),
  exchange('application/x-www-form-urlencoded', form, 'text/html', page.slice(0, 500)),
  exchange('application/json', json, 'application/json', json),
  exchange('multipart/form-data; boundary=b', `${values.map(part).join('')}--b--\r\n`, 'text/plain', 'done'),
];

/** Bytes of all heads and bodies. */
export const costCorpusBytes: number = costCorpus.reduce((bytes, one) => {
  const heads = [...one.headers, ...one.responseHeaders].reduce(
    (sum, { name, value }) => sum + name.length + value.length,
    0,
  );
  return bytes + one.target.length + heads + one.body.length + one.responseBody.length;
}, 0);
