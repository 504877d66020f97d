// Scores of a pack that no other rule reads. When the pack only reports, its rules can go on counting them, so that the log shows
// what would have happened. Works on syntax trees.

import type { RuleFile, Statement } from '../seclang/ast.ts';
import { readsTx } from '../seclang/reads-tx.ts';

/** Whether a variable, `tx.name` in lower case, is read by none of these files. @param others all files except those of the pack. */
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

/** Whether a rule reads TX variables without naming them: all of them, or those that match an expression. */
function readsUnknownTx(statement: Statement): boolean {
  if (statement.kind !== 'rule' && statement.kind !== 'action') return false;
  return [statement, ...statement.links].some(({ variables }) =>
    variables.some(({ name, selector }) => name === 'TX' && selector?.kind !== 'name'),
  );
}
