// Maturity levels of rules, with Falco's names: only stable rules block and score, all others report. Works on the syntax tree;
// knows no manifest.

import type { Action, Rule } from '../seclang/ast.ts';

/** From most to least trusted; `deprecated` rules will be removed. */
export const maturities = ['stable', 'incubating', 'sandbox', 'deprecated'] as const;

/** The maturity level of a rule. */
export type Maturity = (typeof maturities)[number];

/** Actions that change what happens to an exchange (ModSecurity reference manual v3, actions). */
const acting = new Set([
  'allow',
  'block',
  'deny',
  'drop',
  'proxy',
  'redirect',
  'pause',
  'status',
  'ctl',
  'skip',
  'skipAfter',
  'exec',
]);

/** The tag in logs and explanations of a rule that only reports. */
export function maturityTag(maturity: Maturity): string {
  return `weir/detects-only/${maturity}`;
}

/**
 * The rule so that it reports what it finds and changes nothing: without disruptive actions, jumps, `ctl` and scores, and with
 * tags that say so. Other variables that it sets are kept, because later rules may read them.
 * @param isOwn whether a score, `tx.name` in lower case, is read only by rules that also only report; then it can be kept.
 */
export function detectOnly(rule: Rule, tags: readonly string[], isOwn = (_score: string): boolean => false): Rule {
  const withoutActs = (one: Rule): Rule => ({
    ...one,
    actions: one.actions.filter((action) => !acting.has(action.name) && !isForeignScore(action, isOwn)),
  });
  const { actions, ...harmless } = withoutActs(rule);
  const quiet = { ...harmless, actions: [...actions, { name: 'pass', location: rule.location }] };
  return tagged({ ...quiet, links: rule.links.map(withoutActs) }, tags);
}

/** The rule with more tags. */
export function tagged(rule: Rule, tags: readonly string[]): Rule {
  if (tags.length === 0) return rule;
  const { location } = rule;
  return { ...rule, actions: [...rule.actions, ...tags.map((value): Action => ({ name: 'tag', value, location }))] };
}

/** `setvar:tx.score=+5`, and any assignment to a name that looks like a score, unless no other rule reads it. */
function isForeignScore({ name, value = '' }: Action, isOwn: (score: string) => boolean): boolean {
  if (name !== 'setvar') return false;
  const [, variable = '', sum = ''] = /^([^=]*)=?(.?)/s.exec(value) ?? [];
  return (sum === '+' || sum === '-' || /score/i.test(variable)) && !isOwn(variable.toLowerCase());
}
