// Macros → text, when a rule needs it. Knows where to read values, not what they mean.

import type { Macro, MacroReference } from '../plan/macro.ts';
import { leadingInteger } from '../plan/value-operator.ts';
import type { ValuePlace } from './rule-match.ts';
import type { RuleState } from './rule-state.ts';
import { variableText } from './variables.ts';

/**
 * The text of a macro that affects decisions; a reference to nothing is empty (ModSecurity reference manual v3, "Macro
 * Expansion"). At most `macroBytesMax` bytes, and `macroWorkBytesMax` per exchange: a rule that puts a variable into itself would
 * double it with each matching value. Cutting text is a `limit.matched`.
 */
export function expandMacro(macro: Macro, state: RuleState): string {
  return macro.constant ?? expandBounded(macro, state).text;
}

/**
 * The same for the name of a variable: `undefined` if it is longer than names can be, because a cut name would be a different
 * name.
 */
export function expandName(macro: Macro, state: RuleState): string | undefined {
  if (macro.constant !== undefined) return macro.constant;
  const { text, isCut } = expandBounded(macro, state, state.exchange.limits.fieldNameBytesMax);
  return isCut ? undefined : text;
}

function expandBounded(
  macro: Macro,
  state: RuleState,
  bytesMax: number = state.exchange.limits.macroBytesMax,
): { readonly text: string; readonly isCut: boolean } {
  const { macroWorkBytesMax } = state.exchange.limits;
  const room = Math.min(bytesMax, macroWorkBytesMax - state.macroBytes);
  const text = expandTo(room, macro, state);
  const isCut = text.length > room;
  state.macroBytes += Math.min(text.length, room);
  if (isCut) {
    const whose = room < bytesMax ? `all macros of an exchange, ${macroWorkBytesMax}` : `a macro, ${bytesMax}`;
    state.problems.add('limit.matched', `rules make more text than the limit of ${whose} bytes`);
  }
  return { text: isCut ? text.slice(0, room) : text, isCut };
}

/** The text of a macro for a log: anything above `macroBytesMax` is dropped. */
export function expandForLog(macro: Macro, state: RuleState): string {
  const { macroBytesMax } = state.exchange.limits;
  return macro.constant ?? expandTo(macroBytesMax, macro, state).slice(0, macroBytesMax);
}

/** At least the first `room` bytes of the text, if it has so many, and hardly more; one byte more shows that there are more. */
function expandTo(room: number, macro: Macro, state: RuleState): string {
  let text = '';
  for (const part of macro.parts) {
    if (text.length > room) break;
    text += (typeof part === 'string' ? part : referenceText(part, state)).slice(0, room + 1);
  }
  return text;
}

/** References that name a variable or rule rather than containing client data. */
const namingVariables: ReadonlySet<string> = new Set(['MATCHED_VAR_NAME', 'MATCHED_VARS_NAMES', 'RULE', 'UNIQUE_ID']);

/** Positions of values from the exchange in the text that `expandForLog` makes of a macro. */
export function macroValues(macro: Macro, state: RuleState): readonly ValuePlace[] {
  if (macro.constant !== undefined) return [];
  const { macroBytesMax } = state.exchange.limits;
  const places: ValuePlace[] = [];
  let to = 0;
  for (const part of macro.parts) {
    const from = to;
    to = Math.min(macroBytesMax, to + (typeof part === 'string' ? part : referenceText(part, state)).length);
    if (typeof part !== 'string' && !namingVariables.has(part.variable)) places.push({ from, to });
  }
  return places;
}

/** The number of a macro, without converting a number to text. */
export function expandNumber(macro: Macro, state: RuleState): number {
  const [only] = macro.parts;
  if (macro.parts.length === 1 && typeof only === 'object' && only.variable === 'TX' && only.key !== undefined) {
    return state.tx.number(only.key);
  }
  return leadingInteger(expandMacro(macro, state));
}

function referenceText(reference: MacroReference, state: RuleState): string {
  return variableText(reference.variable, reference.key, state) ?? '';
}
