// Whole exchanges under the starter rules: a head of `name: value` lines (`:path` is the target), an empty line, the body.
// The body is the response's when the line `response: yes` is among them.

import { resolve } from 'node:path';
import type { Header } from '../../../src/http/headers.ts';
import { firstValue } from '../../../src/http/headers.ts';
import { loadPlan } from '../../../src/plan/compile.ts';
import { type CutExchange, essenceOf } from '../../support/cut-exchanges.ts';
import { assertHolds, cutsOf, type FuzzTarget } from '../target.ts';

const plan = await loadPlan([resolve(import.meta.dirname, '../../../rules/starter')]);

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 20_000,
  words: [
    ...[
      'content-type: ',
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=b',
      'text/xml',
    ],
    ...[
      ':path: ',
      'response: yes\n',
      'cookie: ',
      '\n\n',
      '--b\r\n',
      "' or 1=1 -- ",
      '<script>',
      '../../etc/passwd',
      '; cat ',
    ],
    ...['{"a":"', '"}', 'a=', '&b=', '%27', '&#x3c;', 'union select', 'ORA-01756: quoted string', '\\u0027', '<a b="'],
  ],
  branchesMax: (bytes) => 4_000_000 + 60_000 * bytes,
  run: (input) => {
    const exchange = exchangeOf(input);
    const body = exchange.response?.body ?? exchange.body;
    const cuts = cutsOf(body);
    const lengths = cuts.map((cut, index) => cut - (cuts[index - 1] ?? 0)).filter((length) => length > 0);
    const whole = JSON.stringify(essenceOf(plan, exchange, []));
    const cut = JSON.stringify(essenceOf(plan, exchange, lengths));
    assertHolds(cut === whole, `a cut gives\n  ${cut}\nand the whole\n  ${whole}`);
    assertHolds(!/"internal/.test(whole), `something failed inside: ${whole}`);
  },
};

function exchangeOf(input: Uint8Array): CutExchange {
  const end = Buffer.from(input).indexOf('\n\n');
  const lines = Buffer.from(input.subarray(0, Math.max(0, end)))
    .toString('latin1')
    .split('\n');
  const headers = lines.flatMap((line): Header[] => {
    const colon = line.indexOf(': ');
    return colon <= 0 ? [] : [{ name: line.slice(0, colon).toLowerCase(), value: line.slice(colon + 2) }];
  });
  const body = end === -1 ? input : input.subarray(end + 2);
  const isResponse = firstValue(headers, 'response') !== undefined;
  return {
    title: 'fuzz',
    method: isResponse ? 'GET' : 'POST',
    target: firstValue(headers, ':path') ?? '/',
    protocol: 'HTTP/1.1',
    headers: isResponse ? [] : headers,
    body: isResponse ? new Uint8Array(0) : body,
    ...(isResponse && { response: { status: 200, headers, body } }),
  };
}
