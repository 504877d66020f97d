// Finds rules that decide what happens to a body that cannot be decoded: those that look at REQBODY_ERROR or a similar variable,
// and act. In a rule set that has one, the failure policy does not decide. Works on syntax trees.

import type { Rule, Statement } from '../seclang/ast.ts';

/** The side whose body it is. */
export type BodyDirection = 'request' | 'response';

const directionOf: Readonly<Record<string, BodyDirection>> = {
  REQBODY_ERROR: 'request',
  REQBODY_PROCESSOR_ERROR: 'request',
  RES_BODY_ERROR: 'response',
  RES_BODY_PROCESSOR_ERROR: 'response',
};

/**
 * The direction whose malformed bodies a rule decides about; absent if it looks at none. A rule with `pass` that sets no variable
 * decides nothing: it only logs.
 */
export function bodyErrorsOf(rule: Rule): BodyDirection | undefined {
  const links = [rule, ...rule.links];
  const says = (name: string): boolean => links.some(({ actions }) => actions.some((action) => action.name === name));
  if (says('pass') && !says('setvar')) return undefined;
  const variables = links.flatMap((link) => link.variables).filter(({ mode }) => mode !== 'exclude');
  return variables.map(({ name }) => directionOf[name]).find((direction) => direction !== undefined);
}

/**
 * The directions for which such a rule was written, even if it was removed afterwards: removing rule 200002 means that such
 * bodies are to pass.
 */
export function bodyErrorDirections(statements: readonly Statement[]): ReadonlySet<BodyDirection> {
  const rules = statements.filter((statement): statement is Rule => statement.kind === 'rule');
  return new Set(rules.map(bodyErrorsOf).filter((direction) => direction !== undefined));
}
