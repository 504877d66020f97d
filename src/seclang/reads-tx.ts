// Finds the rules that look at a TX variable, by their text. Knows no rule set.

import type { Statement } from './ast.ts';

/** Whether a rule checks if one of the variables is set, as the CRS does before it sets a default. @param names in lower case. */
export function countsTx(statement: Statement, names: readonly string[]): boolean {
  return (
    statement.kind === 'rule' &&
    statement.variables.some(
      ({ name, mode, selector }) =>
        name === 'TX' && mode === 'count' && selector?.kind === 'name' && names.includes(selector.name.toLowerCase()),
    )
  );
}

/** Whether a rule reads the variable, as a target or in a macro. @param name in lower case. */
export function readsTx(statement: Statement, name: string): boolean {
  if (statement.kind !== 'rule' && statement.kind !== 'action') return false;
  const macro = `%{tx.${name}}`;
  return [statement, ...statement.links].some(
    ({ variables, operator, actions }) =>
      variables.some(({ name: variable, selector }) =>
        variable === 'TX' && selector?.kind === 'name' ? selector.name.toLowerCase() === name : false,
      ) ||
      operator?.argument.toLowerCase().includes(macro) === true ||
      actions.some(({ value }) => value?.toLowerCase().includes(macro) === true),
  );
}
