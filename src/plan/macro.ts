// Text with macros, `%{TX.score}`, parsed once at load. Knows no values: `evaluate/macros.ts` expands it.

import { foldAscii } from '../base/bytes.ts';

/** A reference to a variable, e.g. `%{REQUEST_HEADERS.User-Agent}`. */
export interface MacroReference {
  /** Upper-case SecLang name. */
  readonly variable: string;
  /** The key in lower case; absent for a variable that is not a collection. */
  readonly key: string | undefined;
}

/** Text in pieces: literal strings and references, in order. */
export interface Macro {
  readonly parts: readonly (string | MacroReference)[];
  /** The whole text, if it contains no reference. */
  readonly constant: string | undefined;
}

const reference = /%\{([A-Za-z_]+)(?:[.:]([^{}]*))?\}/g;

/**
 * Parses text. Anything that is not `%{NAME}`, `%{NAME.key}` or `%{NAME:key}` stays literal
 * (ModSecurity reference manual v3, "Macro Expansion").
 */
export function parseMacro(text: string): Macro {
  // Most texts contain none, and some are patterns of many kilobytes.
  if (!text.includes('%{')) return { parts: text === '' ? [] : [text], constant: text };
  const parts: (string | MacroReference)[] = [];
  let from = 0;
  for (const found of text.matchAll(reference)) {
    if (found.index > from) parts.push(text.slice(from, found.index));
    parts.push({
      variable: (found[1] as string).toUpperCase(),
      key: found[2] === undefined ? undefined : foldAscii(found[2]),
    });
    from = found.index + found[0].length;
  }
  if (from < text.length) parts.push(text.slice(from));
  const isConstant = parts.every((part) => typeof part === 'string');
  return { parts, constant: isConstant ? text : undefined };
}

/** The macro for the empty text. */
export const emptyMacro: Macro = { parts: [], constant: '' };
