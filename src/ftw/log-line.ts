// A rule match as a line of ModSecurity's error log, the format that expressions of rule tests match. Does not know where lines
// go.

import type { RuleMatch } from '../decision/verdict.ts';

/** `[file "…"] [line "…"] [id "…"] [msg "…"] [data "…"] …` of one match; a byte string without line ends. */
export function logLineOf(match: RuleMatch): string {
  const parts: (readonly [string, string])[] = [
    ['file', match.file],
    ['line', String(match.line)],
    ['id', String(match.ruleId)],
    ['msg', match.message],
    ['data', match.logData],
    ['severity', match.severity ?? ''],
    ...match.tags.map((tag) => ['tag', tag] as const),
  ];
  return parts
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `[${name} "${escaped(value)}"]`)
    .join(' ');
}

/** Quotes, backslashes before quotes and control characters as `\xHH`, so that a value cannot end its brackets or line. */
function escaped(value: string): string {
  return Array.from(value, (unit) => {
    const isPlain = unit >= ' ' && unit !== '"' && unit !== '\x7f';
    return isPlain ? unit : `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`;
  }).join('');
}
