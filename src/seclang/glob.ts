// Wildcards of `Include`: `*`, `?` and `[…]` within one path component, as in a shell. Everything else is literal, including
// braces. Knows no file system.

/** Whether a path component of an Include contains a wildcard. */
export function hasWildcard(part: string): boolean {
  return /[*?[]/.test(part);
}

/**
 * Whether a file name matches. `*` matches any run of characters, `?` one, `[a-z]` one of a class and `[!a-z]` or `[^a-z]` one
 * outside it; a backslash makes the next character literal (POSIX.1-2017 §2.13). At most name × pattern steps.
 */
export function matchesGlob(name: string, pattern: string): boolean {
  let at = 0;
  let inPattern = 0;
  // Where to resume when the text after the latest `*` does not match: that `*` takes one more character. Earlier ones never need
  // to be revisited.
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

/** The end of the one-character piece of the pattern at `from` if `char` matches it, else -1. */
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

/** Like `matchOne`, for a class; `undefined` if the bracket is not closed, and therefore literal. */
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
