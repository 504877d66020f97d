// The cost of patterns in backtracking engines: measured growth, not an estimate. Runs no rule.

import { growthOf } from '../pattern/backtracking.ts';
import { parseRegex } from '../pattern/regex-syntax.ts';
import type { Rule } from '../seclang/ast.ts';
import { type Finding, findingAt } from './finding.ts';
import { idOf } from './lint-rules.ts';

/** Patterns on which a backtracking engine takes more than quadratic time. */
export function lintPatterns(rules: readonly Rule[]): readonly Finding[] {
  return rules.flatMap((rule) => [rule, ...rule.links].flatMap((link) => lintLink(link, idOf(rule))));
}

function lintLink({ operator, location }: Rule, ruleId: number | undefined): readonly Finding[] {
  if (operator === undefined || !/^rx(?:Global)?$/.test(operator.name) || operator.argument.includes('%{')) return [];
  const growth = growthIn(operator.argument);
  if (growth === undefined) return [];
  const [once, twice] = growth.steps.map((count) => (count === Infinity ? 'more than can be counted' : `${count}`));
  const shown = JSON.stringify(growth.pump);
  const message = `a backtracking engine takes ${once} steps for ${shown} ${growth.times} times, and ${twice} for twice as many`;
  return [findingAt('backtracking', location, message, ruleId)];
}

/** Also undefined for a pattern that cannot be parsed, which is reported elsewhere. */
function growthIn(pattern: string): ReturnType<typeof growthOf> {
  try {
    return growthOf(parseRegex(pattern).root);
  } catch {
    return undefined;
  }
}
