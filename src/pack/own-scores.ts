// Scores of a pack that nobody else reads: its rules may go on counting when they only report, and what they would have led to shows.
// Works on syntax trees.

import type { RuleFile, Statement } from '../seclang/ast.ts';
import { readsTx } from '../seclang/reads-tx.ts';

/** Whether a variable, `tx.name` in small letters, is read by none of these files. @param others all files but those of the pack. */
export function ownScores(others: readonly RuleFile[]): (variable: string) => boolean {
  const statements = others.flatMap((file) => file.statements);
  const readsAny = statements.some(readsUnknownTx);
  const known = new Map<string, boolean>();
  return (variable) => {
    const [, name] = /^tx\.([^%]+)$/.exec(variable) ?? [];
    if (name === undefined || readsAny) return false;
    const isOwn = known.get(name) ?? !statements.some((one) => readsTx(one, name));
    known.set(name, isOwn);
    return isOwn;
  };
}

/** Whether a rule reads variables of TX that are not named: all of them, or those that an expression fits. */
function readsUnknownTx(statement: Statement): boolean {
  if (statement.kind !== 'rule' && statement.kind !== 'action') return false;
  return [statement, ...statement.links].some(({ variables }) =>
    variables.some(({ name, selector }) => name === 'TX' && selector?.kind !== 'name'),
  );
}
