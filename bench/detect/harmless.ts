// Lines of installed packages that attack nobody: prose, data, code and names. A line that contains a query, markup, or something that
// attacks in code are made of (a literal of only operators) is left out because of its text, not because of a detector's result.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

/** The kind of text that a line is from. */
export type HarmlessKind = 'prose' | 'data' | 'code' | 'names';

/** One line, a byte string. */
export interface HarmlessLine {
  readonly text: string;
  readonly kind: HarmlessKind;
}

const kinds: ReadonlyMap<string, HarmlessKind> = new Map([
  ['.md', 'prose'],
  ['.txt', 'prose'],
  ['.json', 'data'],
  ['.js', 'code'],
  ['.cjs', 'code'],
  ['.mjs', 'code'],
  ['.ts', 'code'],
]);
/** Documents without an extension. */
const documents = /^(licen[cs]e|readme|changelog|notice|authors|history)$/i;
const lineBytesMin = 4;
const lineBytesMax = 300;
const fileBytesMax = 1024 * 1024;

/** Patterns of lines that do not count as harmless, whatever a detector finds. */
const excluded: readonly (readonly [why: string, pattern: RegExp])[] = [
  [
    'a query',
    /\bselect\b.*\bfrom\b|\bunion\b.*\bselect\b|\b(insert\s+into|delete\s+from|waitfor\s+delay|drop\s+table)\b/i,
  ],
  ['what an attack says, in a text about attacks', /\bor\s+['"]?\d+['"]?\s*=|\b(sleep|benchmark|load_file)\s*\(/i],
  // 'a' or 'b', '=' and "'*'" are what attackers send; in code they are literals with an operator in or after them.
  ['a literal next to an operator', /["'`]\s*(?:[-+*/%^|&=<>#~!;]|(?:and|or|in|is|like|xor|regexp)\b)/i],
];
const markup = /<[a-z!?/%]|javascript:|\bon[a-z]+["']?\s*=|&(?:#|colon;)|<script/i;

/** Whether a line may be a query, so that it does not count as harmless for SQL. */
export const mayBeQuery = (text: string): boolean => excluded.some(([, pattern]) => pattern.test(text));
/** Whether a line may contain markup. */
export const mayBeMarkup = (text: string): boolean => markup.test(text);

function* filesUnder(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (entry.isFile()) yield path;
  }
}

function kindOf(path: string): HarmlessKind | undefined {
  return documents.test(basename(path)) ? 'prose' : kinds.get(extname(path));
}

/**
 * The distinct lines of the texts and sources in a folder.
 * @param forced the kind of all of them, for files of names.
 */
export function* harmlessLines(folder: string, forced?: HarmlessKind): Generator<HarmlessLine> {
  const seen = new Set<string>();
  for (const path of filesUnder(folder)) {
    const kind = forced ?? kindOf(path);
    if (kind === undefined) continue;
    const text = readFileSync(path, 'latin1');
    if (text.length > fileBytesMax || text.includes('\0')) continue;
    for (const line of text.split('\n')) {
      const trimmed = line.trim();
      if (trimmed.length < lineBytesMin || trimmed.length > lineBytesMax || seen.has(trimmed)) continue;
      seen.add(trimmed);
      yield { text: trimmed, kind };
    }
  }
}
