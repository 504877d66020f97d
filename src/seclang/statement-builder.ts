// Rules that do not stand in a rule file, made of what a configuration says: parts of syntax trees, so that no quote in a value can
// change what a rule says. Knows no setting.

import type { Action, Location, Operator, Rule, Variable } from './ast.ts';
import { PlacedText } from './lexer.ts';
import { operatorNames } from './names.ts';
import { parseVariables } from './variables.ts';

/**
 * Rules from here up are made of what a configuration says and not of a rule file. That they matched is recorded though they do
 * not log, for whoever counts them.
 */
export const countedIdFirst = 2_000_000_000;

/** One condition of a rule. */
export interface Condition {
  /** As in a SecRule, `REQUEST_HEADERS:Host`. */
  readonly variables: string;
  /** Name of an operator, with `!` before it when it shall not match. */
  readonly operator: string;
  /** Its argument, a byte string; `%{` would be a macro. */
  readonly argument: string;
  /** What is done to the value before, in order. */
  readonly transformations?: readonly string[];
}

/** A rule that says nothing and stops nothing, with an effect when all of its conditions hold. */
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

/** Whether a text stands for itself as the value of `setvar`, and in every way in which rules are shown. */
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
