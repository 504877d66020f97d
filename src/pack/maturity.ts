// How far a rule has come, in Falco's words, and what that means: only stable rules block and score, all others report. Works on the
// syntax tree; knows no manifest.

import type { Action, Rule } from '../seclang/ast.ts';

/** From the most to the least trusted; the last ones are on their way out. */
export const maturities = ['stable', 'incubating', 'sandbox', 'deprecated'] as const;

/** How far a rule has come. */
export type Maturity = (typeof maturities)[number];

/** Actions by which a rule changes what becomes of an exchange (ModSecurity reference manual v3, actions). */
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

/** The tag that a rule which only reports carries in logs and explanations. */
export function maturityTag(maturity: Maturity): string {
  return `weir/detects-only/${maturity}`;
}

/**
 * The rule as it reports what it finds and changes nothing: without disruptive actions, jumps and `ctl`, without scores, and with
 * tags that say so. Other variables that it sets stay, since rules behind it may read them.
 * @param isOwn whether a score, `tx.name` in small letters, is read by rules that only report as well, and so may stay.
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

/** `setvar:tx.score=+5`, and whatever is set of a name that says it is a score, unless nobody else reads it. */
function isForeignScore({ name, value = '' }: Action, isOwn: (score: string) => boolean): boolean {
  if (name !== 'setvar') return false;
  const [, variable = '', sum = ''] = /^([^=]*)=?(.?)/s.exec(value) ?? [];
  return (sum === '+' || sum === '-' || /score/i.test(variable)) && !isOwn(variable.toLowerCase());
}
