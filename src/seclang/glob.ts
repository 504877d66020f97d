// Wildcards of `Include`: `*`, `?` and `[…]` within one part of a path, as the shell reads them. Everything else is literal,
// braces too. Knows no file system.

/** Whether a part of an Include holds a wildcard. */
export function hasWildcard(part: string): boolean {
  return /[*?[]/.test(part);
}

/**
 * Whether a file name matches. `*` takes any run of characters, `?` one, `[a-z]` one of a class and `[!a-z]` or `[^a-z]` one
 * outside of it; a backslash makes the next character literal (POSIX.1-2017 §2.13). Takes at most name × pattern steps.
 */
export function matchesGlob(name: string, pattern: string): boolean {
  let at = 0;
  let inPattern = 0;
  // Where to go on when what follows the latest `*` does not fit: it takes one character more. Earlier ones need not.
  let starAt = 0;
  let afterStar = -1;
  while (at < name.length || inPattern < pattern.length) {
    if (pattern[inPattern] === '*') {
      starAt = at;
      afterStar = ++inPattern;
      continue;
    }
    const end = at < name.length ? matchOne(name[at] as string, pattern, inPattern) : -1;
    if (end !== -1) {
      at++;
      inPattern = end;
    } else {
      if (afterStar === -1 || starAt >= name.length) return false;
      at = ++starAt;
      inPattern = afterStar;
    }
  }
  return true;
}

/** The end of the one-character piece of the pattern at `from` when `char` fits it, else -1. */
function matchOne(char: string, pattern: string, from: number): number {
  switch (pattern[from]) {
    case undefined:
      return -1;
    case '?':
      return from + 1;
    case '\\':
      if (from + 1 < pattern.length) return pattern[from + 1] === char ? from + 2 : -1;
      break;
    case '[': {
      const found = matchClass(char, pattern, from);
      if (found !== undefined) return found;
    }
  }
  return pattern[from] === char ? from + 1 : -1;
}

/** As `matchOne` for a class; `undefined` when the bracket is not closed and so stands for itself. */
function matchClass(char: string, pattern: string, from: number): number | undefined {
  const isNegated = pattern[from + 1] === '!' || pattern[from + 1] === '^';
  const first = from + (isNegated ? 2 : 1);
  const end = pattern.indexOf(']', first + 1);
  if (end === -1) return undefined;
  let isHeld = false;
  for (let at = first; at < end; at++) {
    const low = pattern[at] as string;
    const isRange = pattern[at + 1] === '-' && at + 2 < end;
    const high = isRange ? (pattern[at + 2] as string) : low;
    if (isRange) at += 2;
    isHeld ||= low <= char && char <= high;
  }
  return isHeld === isNegated ? -1 : end + 1;
}
