// Lines of installed packages that attack nobody: prose, data, code and names. A line that holds a query, markup, or what an
// attack is made of in code (a literal of operators alone) is left out by what it reads, not by what a detector says of it.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

/** What a line is of. */
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
/** Documents without an ending. */
const documents = /^(licen[cs]e|readme|changelog|notice|authors|history)$/i;
const lineBytesMin = 4;
const lineBytesMax = 300;
const fileBytesMax = 1024 * 1024;

/** Says that a line is not a harmless one, whatever a detector says. */
const excluded: readonly (readonly [why: string, pattern: RegExp])[] = [
  [
    'a query',
    /\bselect\b.*\bfrom\b|\bunion\b.*\bselect\b|\b(insert\s+into|delete\s+from|waitfor\s+delay|drop\s+table)\b/i,
  ],
  ['what an attack says, in a text about attacks', /\bor\s+['"]?\d+['"]?\s*=|\b(sleep|benchmark|load_file)\s*\(/i],
  // 'a' or 'b', '=' and "'*'" are what attackers send; in code they are literals with an operator in or behind them.
  ['a literal beside an operator', /["'`]\s*(?:[-+*/%^|&=<>#~!;]|(?:and|or|in|is|like|xor|regexp)\b)/i],
];
const markup = /<[a-z!?/%]|javascript:|\bon[a-z]+["']?\s*=|&(?:#|colon;)|<script/i;

/** Whether a line says by itself that it is not a harmless value for SQL. */
export const mayBeQuery = (text: string): boolean => excluded.some(([, pattern]) => pattern.test(text));
/** Whether a line says by itself that it holds markup. */
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
 * The different lines of the texts and sources below a folder.
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
