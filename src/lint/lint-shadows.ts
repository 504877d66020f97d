// Finds rules that never act because another rule always acts first. Reports only what follows from the text of both: the same
// search in at least the same targets, earlier in the same phase, by a rule that ends the exchange. Compiles nothing.

import type { Action, Rule, Statement, Variable } from '../seclang/ast.ts';
import { type Finding, findingAt } from './finding.ts';
import { idOf } from './lint-rules.ts';

/** Actions that end the exchange. `block` depends on SecDefaultAction, so it may not. */
const ending = new Set(['deny', 'drop', 'redirect', 'proxy']);

/** Actions that make rules conditional: jumps, and `ctl` that removes rules. */
const detours = (action: Action): boolean =>
  /^(?:skip|skipAfter|allow)$/.test(action.name) ||
  (action.name === 'ctl' && /^rule(?:Remove|Engine)/i.test(action.value ?? ''));

/** Rules of a pack that can never act, each with the earlier one. */
export function lintShadows(statements: readonly Statement[]): readonly Finding[] {
  const rules = statements.filter((one): one is Rule => one.kind === 'rule' || one.kind === 'action');
  if (rules.some((rule) => [rule, ...rule.links].some(({ actions }) => actions.some(detours)))) return [];
  const enders = new Map<string, Rule[]>();
  return rules.flatMap((rule): readonly Finding[] => {
    const key = searchOf(rule);
    if (key === undefined) return [];
    const before = (enders.get(key) ?? []).find((one) => covers(one, rule));
    if (rule.links.length === 0 && rule.actions.some(({ name }) => ending.has(name))) {
      enders.set(key, [...(enders.get(key) ?? []), rule]);
    }
    if (before === undefined) return [];
    const message = `rule ${idOf(before) ?? '?'} at line ${before.location.line} of ${before.location.file} looks for the same in at least the same targets, and ends the exchange`;
    return [findingAt('shadowed', rule.location, message, idOf(rule))];
  });
}

/** What a rule searches for, in which phase, after which transformations; undefined if its text does not tell. */
function searchOf({ operator, actions }: Rule): string | undefined {
  if (operator === undefined || operator.argument.includes('%{')) return undefined;
  const transformations = actions.filter(({ name }) => name === 't').map(({ value = '' }) => value);
  // Transformations of SecDefaultAction come first, unless the list starts with none.
  if (transformations[0] !== 'none' || actions.some(({ name }) => name === 'multiMatch')) return undefined;
  const chain = transformations.slice(transformations.lastIndexOf('none') + 1);
  const phase = actions.find(({ name }) => name === 'phase')?.value ?? '2';
  return JSON.stringify([phase, operator.negated, operator.name, operator.argument, ...chain]);
}

/** Collections that include others. */
const partsOf: Readonly<Record<string, readonly string[]>> = {
  ARGS: ['ARGS_GET', 'ARGS_POST'],
  ARGS_NAMES: ['ARGS_GET_NAMES', 'ARGS_POST_NAMES'],
};

/** Whether the earlier rule looks at everything that the later one looks at. */
function covers(earlier: Rule, later: Rule): boolean {
  const exclusions = earlier.variables.filter(({ mode }) => mode === 'exclude').map(keyOf);
  const laterExclusions = new Set(later.variables.filter(({ mode }) => mode === 'exclude').map(keyOf));
  if (!exclusions.every((one) => laterExclusions.has(one))) return false;
  const whole = new Set(earlier.variables.map(keyOf));
  return later.variables
    .filter(({ mode }) => mode !== 'exclude')
    .every((variable) => {
      const { name, mode } = variable;
      if (whole.has(keyOf(variable))) return true;
      if (mode === 'count') return false;
      const holders = Object.entries(partsOf).flatMap(([holder, parts]) => (parts.includes(name) ? [holder] : []));
      return [name, ...holders].some((one) => whole.has(`include ${one}`));
    });
}

function keyOf({ name, mode, selector }: Variable): string {
  return selector === undefined ? `${mode} ${name}` : `${mode} ${name}:${JSON.stringify(selector).toLowerCase()}`;
}
