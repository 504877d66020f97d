// Macros for variables that do not exist, or have no value in Weir: a misspelt `%{TX_score}` must not silently become an empty
// text. Knows no rule.

import { kindsOfVariable } from '../plan/field-kind.ts';
import type { Macro } from '../plan/macro.ts';
import { computedVariables } from '../plan/targets.ts';
import { variableNames } from '../seclang/names.ts';

/** Why a macro, or a part of it, can never have a value; `undefined` if every part can. */
export function emptyMacroReason(macro: Macro): string | undefined {
  for (const part of macro.parts) {
    if (typeof part === 'string') continue;
    const known = variableNames.find(part.variable);
    if (known === undefined) return `%{${part.variable}}: there is no such variable`;
    const { name } = known;
    if (kindsOfVariable(name) === undefined && !computedVariables.has(name)) return `%{${name}}: variable ${name}`;
  }
  return undefined;
}
