// Operators that become native patterns: @rx, phrase lists, and comparisons with a constant. Knows no chain and no rule.

import { foldAscii } from '../base/bytes.ts';
import { WafError } from '../base/errors.ts';
import type { NativePattern } from '../matching/native.ts';
import { translateRegex } from '../pattern/regex-dialect.ts';
import type { Translation } from '../pattern/translation-cache.ts';
import { bytesInRanges } from '../plan/value-operator.ts';
import type { Location, Operator } from '../seclang/ast.ts';
import type { DataLine } from '../seclang/data-file.ts';

/** Reads the entries of a data file that a rule names; see `LoadedRules.data`. */
export type ReadData = (location: Location, name: string) => readonly DataLine[];

/** A native pattern without an id, and why its engine is not Hyperscan if it is not. */
export type PatternSource = Omit<NativePattern, 'id'> & {
  readonly engineReason?: string;
  /** Compile cost of a pattern written in a rule; see `compileSteps`. */
  readonly compileSteps?: number;
};

/** What an operator looks for; the patterns share one id. `phrases` (lower case) identifies which one was found. */
export interface CompiledPattern {
  readonly sources: readonly PatternSource[];
  readonly phrases: readonly string[] | undefined;
}

/** Writes every byte other than letters and digits as `\xHH`, which means the same in every engine. */
function escapeBytes(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Sets of the first distinct bytes of a text; each must occur in a value that contains the text. */
function requiredBytes(text: string): readonly Uint8Array[] {
  return [...new Set(text)].slice(0, 4).map((byte) => {
    const set = new Uint8Array(32);
    const code = byte.charCodeAt(0);
    set[code >> 3] = 1 << (code & 7);
    return set;
  });
}

function regex(source: string, longestMatchBytes?: number): PatternSource {
  const bound = longestMatchBytes === undefined ? {} : { longestMatchBytes };
  return { engine: 'hyperscan', kind: 'regex', caseless: false, source, re2Source: `(?s)${source}`, ...bound };
}

/** A pattern that matches `text` between the given anchors. */
function anchored(text: string, before: string, after: string): CompiledPattern {
  if (text === '' && (before === '' || after === '')) return { sources: [regex('^')], phrases: undefined };
  const source = regex(`${before}${escapeBytes(text)}${after}`, text.length);
  return { sources: [{ ...source, required: requiredBytes(text) }], phrases: undefined };
}

/** ASCII white space: `\s` would include byte 0xA0, which ends many UTF-8 characters. */
const blanks = /[ \t-\r]+/;

/** Phrases separated by blanks; `|41 42|` is bytes in hex (ModSecurity reference manual v3, @pm). */
function parsePhrases(argument: string): readonly string[] {
  const bytes = argument.replace(/\|((?:\s*[0-9a-fA-F]{2})+\s*)\|/g, (_, hex: string) =>
    Buffer.from(hex.replace(/\s+/g, ''), 'hex').toString('latin1'),
  );
  return bytes.split(blanks).filter((phrase) => phrase !== '');
}

function phraseList(operator: string, phrases: readonly string[]): CompiledPattern {
  if (phrases.length === 0) throw new WafError('seclang.syntax', `@${operator}: the list is empty`);
  const distinct = [...new Set(phrases.map(foldAscii))];
  const sources = distinct.map(
    (phrase): PatternSource => ({
      engine: 'hyperscan',
      kind: 'literal',
      caseless: true,
      source: phrase,
      longestMatchBytes: phrase.length,
    }),
  );
  return { sources, phrases: distinct };
}

/** The phrases of all files in the argument. */
function filePhrases(operator: Operator, readData: ReadData): readonly string[] {
  return operator.argument
    .split(blanks)
    .filter((name) => name !== '')
    .flatMap((name) => readData(operator.location, name))
    .map(({ text }) => text);
}

/** A pattern that matches if a byte outside `ranges` occurs, e.g. `10,13,32-126`; none if no byte is outside. */
function byteRange(ranges: string): CompiledPattern | undefined {
  const allowed = bytesInRanges(ranges);
  const refused = [...allowed.keys()].filter((byte) => allowed[byte] === 0);
  if (refused.length === 0) return undefined;
  const required = new Uint8Array(32);
  for (const byte of refused) required[byte >> 3] = (required[byte >> 3] as number) | (1 << (byte & 7));
  const members = refused.map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  return { sources: [{ ...regex(`[${members}]`, 1), required: [required] }], phrases: undefined };
}

const hexDigit = '[0-9a-fA-F]';
const notHexDigit = '[^0-9a-fA-F]';
/** A percent sign not followed by two hexadecimal digits. */
const brokenUrlEncoding = `%(?:${notHexDigit}|${hexDigit}${notHexDigit}|${hexDigit}?\\z)`;

const tail = '[\\x80-\\xbf]';
/** Well-formed sequences of RFC 3629 §4. */
const utf8Sequences = [
  '[\\x00-\\x7f]',
  `[\\xc2-\\xdf]${tail}`,
  `\\xe0[\\xa0-\\xbf]${tail}`,
  `[\\xe1-\\xec\\xee\\xef]${tail}{2}`,
  `\\xed[\\x80-\\x9f]${tail}`,
  `\\xf0[\\x90-\\xbf]${tail}{2}`,
  `[\\xf1-\\xf3]${tail}{3}`,
  `\\xf4[\\x80-\\x8f]${tail}{2}`,
].join('|');
/** The first position at which no well-formed sequence begins. */
const utf8Breaks = [
  '[\\x80-\\xc1\\xf5-\\xff]',
  `[\\xc2-\\xdf](?:[^\\x80-\\xbf]|\\z)`,
  `\\xe0(?:[^\\xa0-\\xbf]|\\z|[\\xa0-\\xbf](?:[^\\x80-\\xbf]|\\z))`,
  `[\\xe1-\\xec\\xee\\xef](?:[^\\x80-\\xbf]|\\z|${tail}(?:[^\\x80-\\xbf]|\\z))`,
  `\\xed(?:[^\\x80-\\x9f]|\\z|[\\x80-\\x9f](?:[^\\x80-\\xbf]|\\z))`,
  `\\xf0(?:[^\\x90-\\xbf]|\\z|[\\x90-\\xbf](?:[^\\x80-\\xbf]|\\z|${tail}(?:[^\\x80-\\xbf]|\\z)))`,
  `[\\xf1-\\xf3](?:[^\\x80-\\xbf]|\\z|${tail}(?:[^\\x80-\\xbf]|\\z|${tail}(?:[^\\x80-\\xbf]|\\z)))`,
  `\\xf4(?:[^\\x80-\\x8f]|\\z|[\\x80-\\x8f](?:[^\\x80-\\xbf]|\\z|${tail}(?:[^\\x80-\\xbf]|\\z)))`,
].join('|');
const brokenUtf8 = `^(?:${utf8Sequences})*(?:${utf8Breaks})`;
const highBytes = new Uint8Array(32).fill(0xff, 16);

const plain = (source: PatternSource): CompiledPattern => ({ sources: [source], phrases: undefined });

/** Translates a regular expression; see `translateRegex`. */
export type Translate = (source: string) => Translation;

type PatternCompiler = (operator: Operator, readData: ReadData, translate: Translate) => CompiledPattern | undefined;

const expression: PatternCompiler = (operator, _, translate) =>
  plain({ kind: 'regex', ...translate(operator.argument) });

/** Operators by canonical name. */
const compilers: Readonly<Record<string, PatternCompiler>> = {
  rx: expression,
  rxGlobal: expression,
  pm: (operator) => phraseList(operator.name, parsePhrases(operator.argument)),
  pmFromFile: (operator, readData) => phraseList(operator.name, filePhrases(operator, readData)),
  contains: (operator) => anchored(operator.argument, '', ''),
  strmatch: (operator) => anchored(operator.argument, '', ''),
  beginsWith: (operator) => anchored(operator.argument, '^', ''),
  endsWith: (operator) => anchored(operator.argument, '', '\\z'),
  streq: (operator) => anchored(operator.argument, '^', '\\z'),
  validateByteRange: (operator) => byteRange(operator.argument),
  validateUrlEncoding: () => plain(regex(brokenUrlEncoding, 3)),
  validateUtf8Encoding: () => plain({ ...regex(brokenUtf8), required: [highBytes] }),
};

/**
 * The patterns of an operator, or `undefined` if native code cannot match it, or no value could match.
 * @throws WafError `seclang.syntax` or `seclang.unsupported` with the reason, `seclang.include` for a missing phrase file.
 */
export function compilePattern(
  operator: Operator,
  readData: ReadData,
  translate: Translate = translateRegex,
): CompiledPattern | undefined {
  if (!Object.hasOwn(compilers, operator.name)) return undefined;
  return compilers[operator.name]?.(operator, readData, translate);
}
