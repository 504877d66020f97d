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
 */
export function detectOnly(rule: Rule, tags: readonly string[]): Rule {
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

function withoutActs(rule: Rule): Rule {
  return { ...rule, actions: rule.actions.filter((action) => !acting.has(action.name) && !isScore(action)) };
}

/** `setvar:tx.score=+5`, and whatever is set of a name that says it is a score. */
function isScore({ name, value = '' }: Action): boolean {
  if (name !== 'setvar') return false;
  const [, variable = '', sum = ''] = /^([^=]*)=?(.?)/s.exec(value) ?? [];
  return sum === '+' || sum === '-' || /score/i.test(variable);
}
