// Macros → text, at the moment a rule needs it. Knows where values are asked for, not what they mean.

import type { Macro, MacroReference } from '../plan/macro.ts';
import { leadingInteger } from '../plan/value-operator.ts';
import type { ExchangeState } from './exchange-state.ts';
import type { ValuePlace } from './rule-match.ts';
import { variableText } from './variables.ts';

/** The text of a macro; a reference to nothing is empty (ModSecurity reference manual v3, "Macro Expansion"). */
export function expandMacro(macro: Macro, state: ExchangeState): string {
  if (macro.constant !== undefined) return macro.constant;
  let text = '';
  for (const part of macro.parts) text += typeof part === 'string' ? part : referenceText(part, state);
  return text;
}

/** References that say which variable or rule it was, not what somebody sent. */
const namingVariables: ReadonlySet<string> = new Set(['MATCHED_VAR_NAME', 'MATCHED_VARS_NAMES', 'RULE', 'UNIQUE_ID']);

/** Where in the expanded text of a macro values of the exchange stand. */
export function macroValues(macro: Macro, state: ExchangeState): readonly ValuePlace[] {
  if (macro.constant !== undefined) return [];
  const places: ValuePlace[] = [];
  let to = 0;
  for (const part of macro.parts) {
    const from = to;
    to += (typeof part === 'string' ? part : referenceText(part, state)).length;
    if (typeof part !== 'string' && !namingVariables.has(part.variable)) places.push({ from, to });
  }
  return places;
}

/** The number that a macro stands for, without making text of a number that is kept as one. */
export function expandNumber(macro: Macro, state: ExchangeState): number {
  const [only] = macro.parts;
  if (macro.parts.length === 1 && typeof only === 'object' && only.variable === 'TX' && only.key !== undefined) {
    return state.tx.number(only.key);
  }
  return leadingInteger(expandMacro(macro, state));
}

function referenceText(reference: MacroReference, state: ExchangeState): string {
  return variableText(reference.variable, reference.key, state) ?? '';
}
