// Whole exchanges under the starter rules, as `exchange-input.ts` reads them.

import { resolve } from 'node:path';
import { loadPlan } from '../../../src/compile/compile.ts';
import { essenceOf } from '../../support/cut-exchanges.ts';
import { exchangeOf } from '../exchange-input.ts';
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
