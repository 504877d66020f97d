// Rule text as a plan, and one exchange under it.

import { WafError } from '../../../src/base/errors.ts';
import { nativeAddon } from '../../../src/matching/native.ts';
import { closePlan } from '../../../src/plan/close-plan.ts';
import { planOf, runExchange } from '../../support/exchange.ts';
import { assertHolds, type FuzzTarget } from '../target.ts';
import { target as seclang } from './seclang.ts';

/** Error codes that loading rules may end with. */
const loadCodes = new Set([
  'seclang.syntax',
  'seclang.unsupported',
  'seclang.include',
  'plan.invalid',
  'pattern.compile',
  'config.invalid',
]);

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 1_500,
  words: [
    ...seclang.words,
    ...[
      '@contains a',
      '@pm a b',
      '@within a',
      '@eq 1',
      '@ge %{tx.a}',
      '@ipMatch 10.0.0.0/8',
      '@detectSQLi',
      '@validateByteRange 1-9',
    ],
    ...[
      'REQUEST_HEADERS:host',
      'REQUEST_BODY',
      'TX:a',
      'MATCHED_VAR',
      'IP:a',
      'initcol:ip=%{REMOTE_ADDR}',
      'capture',
      'multiMatch',
    ],
    ...[
      'phase:1',
      'phase:3',
      'deny',
      'status:403',
      'allow',
      'skip:1',
      'severity:2',
      'SecRuleEngine On',
      'ctl:ruleRemoveById=1',
    ],
  ],
  branchesMax: (bytes) => 1_000_000 + 40_000 * bytes,
  run: async (input) => {
    const text = Buffer.from(input).toString('latin1');
    // Other files are not part of this.
    if (/include|fromfile|[/]/i.test(text.replaceAll('/x/', ''))) return;
    const before = nativeAddon().openHandles();
    await runRules(text);
    const after = nativeAddon().openHandles();
    assertHolds(JSON.stringify(after) === JSON.stringify(before), 'a plan leaves native objects open');
  },
};

async function runRules(text: string): Promise<void> {
  try {
    const plan = await planOf(text, { keepGoing: true });
    try {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const exchange = { target: '/a?b=c', headers, body: 'a=b&d=ee', response: { status: 200, body: 'text' } };
      const whole = runExchange(plan, exchange);
      const cut = runExchange(plan, exchange, [2, 5]);
      assertHolds(JSON.stringify(whole.verdict) === JSON.stringify(cut.verdict), 'the verdict depends on the cut');
      const ids = (summary: typeof whole): string => summary.matches.map(({ ruleId }) => ruleId).join();
      assertHolds(ids(whole) === ids(cut), `rules ${ids(whole)} match the whole, ${ids(cut)} the pieces`);
    } finally {
      closePlan(plan);
    }
  } catch (thrown) {
    if (!(thrown instanceof WafError && loadCodes.has(thrown.code))) throw thrown;
  }
}
