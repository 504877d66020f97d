// As many rules as one wishes, all alike and none the same: what a site's own list of patches looks like. Knows no engine.

import { get, receiptTwins, wordsOf } from '../e2e/twins.ts';
import type { Twins } from '../e2e/workload.ts';

/** Id of the first. */
const firstId = 2_000_000;

/** The text of so many rules. Each looks at all arguments and headers for a pattern of its own. */
export function countedRules(count: number): string {
  const ruleOf = (n: number): string =>
    `SecRule ARGS|REQUEST_HEADERS "@rx (?i)(?:^|[^a-z])module${n}[_-](?:load|include)\\s*=\\s*(?:https?:|\\.\\./)" ` +
    `"id:${firstId + n},phase:2,deny,status:403,log,t:none,t:urlDecodeUni,msg:'module ${n}'"\n`;
  return Array.from({ length: count }, (_, n) => ruleOf(n)).join('');
}

/** A GET of two arguments, and one that the last of so many rules must refuse. */
export function countedTwins(n: number, count: number): Twins {
  const path = (q: string): string => `/search?q=${q}&page=${n + 1}`;
  const id = firstId + count - 1;
  const twins = receiptTwins(
    () => get(path(wordsOf(100 * n + 1, 14))),
    () => get(path(encodeURIComponent(`module${count - 1}_load = http://192.0.2.1/`))),
  );
  return { ...twins, attackRuleId: { crs: id, starter: id } };
}
