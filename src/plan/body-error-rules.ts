// Which rules decide what becomes of a body that cannot be read: those that look at REQBODY_ERROR and its like, and act. Where a rule
// set has one, the failure policy has no say. Works on syntax trees.

import type { Rule, Statement } from '../seclang/ast.ts';

/** Whose body. */
export type BodyDirection = 'request' | 'response';

const directionOf: Readonly<Record<string, BodyDirection>> = {
  REQBODY_ERROR: 'request',
  REQBODY_PROCESSOR_ERROR: 'request',
  RES_BODY_ERROR: 'response',
  RES_BODY_PROCESSOR_ERROR: 'response',
};

/**
 * The direction about whose unreadable bodies a rule decides; absent when it looks at none. One that says `pass` and sets no
 * variable decides nothing: it only logs.
 */
export function bodyErrorsOf(rule: Rule): BodyDirection | undefined {
  const links = [rule, ...rule.links];
  const says = (name: string): boolean => links.some(({ actions }) => actions.some((action) => action.name === name));
  if (says('pass') && !says('setvar')) return undefined;
  const variables = links.flatMap((link) => link.variables).filter(({ mode }) => mode !== 'exclude');
  return variables.map(({ name }) => directionOf[name]).find((direction) => direction !== undefined);
}

/**
 * The directions for which somebody wrote such a rule, whether or not it was removed afterwards: who removes rule 200002 wants
 * such bodies to pass.
 */
export function bodyErrorDirections(statements: readonly Statement[]): ReadonlySet<BodyDirection> {
  const rules = statements.filter((statement): statement is Rule => statement.kind === 'rule');
  return new Set(rules.map(bodyErrorsOf).filter((direction) => direction !== undefined));
}
