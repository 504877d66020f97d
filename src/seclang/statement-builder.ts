// Rules that are generated from the configuration. They are built as syntax trees, so that no quote in a value can change a rule.
// Knows no setting.

import type { Action, Location, Operator, Rule, Variable } from './ast.ts';
import { PlacedText } from './lexer.ts';
import { operatorNames } from './names.ts';
import { parseVariables } from './variables.ts';

/**
 * Ids from here up belong to rules generated from the configuration. Their matches are recorded although they do not log, so that
 * they can be counted.
 */
export const countedIdFirst = 2_000_000_000;

/** One condition of a rule. */
export interface Condition {
  /** As in a SecRule, `REQUEST_HEADERS:Host`. */
  readonly variables: string;
  /** Name of an operator, with `!` before it to negate it. */
  readonly operator: string;
  /** Its argument, a byte string; `%{` would be a macro. */
  readonly argument: string;
  /** Transformations of the value, in order. */
  readonly transformations?: readonly string[];
}

/** A rule that logs and stops nothing, with effects if all of its conditions hold. */
export function quietRule(
  id: number,
  {
    conditions,
    effects,
    message,
    location,
  }: {
    readonly conditions: readonly Condition[];
    /** `ctl` or `setvar` with their values. */
    readonly effects: readonly (readonly [name: string, value: string])[];
    readonly message: string;
    readonly location: Location;
  },
): Rule {
  const action = (name: string, value?: string): Action =>
    value === undefined ? { name, location } : { name, value, location };
  const head = [
    action('id', String(id)),
    action('phase', '1'),
    action('pass'),
    action('nolog'),
    action('msg', message),
  ];
  const last = effects.map(([name, value]) => action(name, value));
  const links = conditions.map(({ variables, operator, argument, transformations = [] }, index): Rule => {
    const isLast = index === conditions.length - 1;
    return {
      kind: 'rule',
      variables: variablesOf(variables, location),
      operator: operatorOf(operator, argument, location),
      actions: [
        ...(index === 0 ? head : []),
        ...['none', ...transformations].map((name) => action('t', name)),
        ...(isLast ? last : [action('chain')]),
      ],
      links: [],
      location,
    };
  });
  const [first, ...others] = links;
  if (first === undefined) return { kind: 'action', variables: [], actions: [...head, ...last], links: [], location };
  return { ...first, links: others };
}

/** Whether a text can be written as a value of `setvar` as it is, and printed in any form of a rule. */
export const isPlainValue = (text: string): boolean => !/^[+-]|%\{|["'\\]|\p{Cc}/u.test(text);

/** The variables of a text. @throws SeclangError */
export function variablesOf(text: string, location: Location): readonly Variable[] {
  return parseVariables(new PlacedText(text, location));
}

function operatorOf(name: string, argument: string, location: Location): Operator {
  const negated = name.startsWith('!');
  const known = operatorNames.find(negated ? name.slice(1) : name);
  if (known === undefined) throw new Error(`there is no operator ${name}`);
  return { name: known.name, negated, argument, location };
}
