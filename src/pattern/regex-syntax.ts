// Regular expressions of SecLang rules (PCRE over bytes) → a tree whose leaves are byte sets, with flags, classes and escapes
// resolved. Knows no engine. Constructs that no linear-time engine supports are refused here, with their position.

import { constants } from '../base/constants.ts';
import { type ErrorCode, WafError } from '../base/errors.ts';
import { anyButNewline, anyByte, ByteSet, escapeClasses } from './regex-byte-set.ts';
import { parseClass, simpleEscape } from './regex-class.ts';

/** A position condition that matches no bytes. `lineStart` and `lineEnd` only under `(?m)`. */
export type Assertion = 'start' | 'end' | 'lineStart' | 'lineEnd' | 'wordBoundary' | 'notWordBoundary';

/** A pattern as a tree. Case folding is already applied to the sets. */
export type RegexNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly set: ByteSet }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | { readonly kind: 'concat'; readonly nodes: readonly RegexNode[] }
  | { readonly kind: 'alternate'; readonly nodes: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly node: RegexNode;
      readonly min: number;
      /** `Infinity` when unbounded. */
      readonly max: number;
      readonly isLazy: boolean;
    }
  /** A capturing group; non-capturing groups are not in the tree. Numbered from 1 in order of the opening parenthesis. */
  | { readonly kind: 'capture'; readonly node: RegexNode; readonly index: number };

/** A parsed pattern. */
export interface Regex {
  readonly root: RegexNode;
  readonly captureCount: number;
  /** Names of groups, by number. */
  readonly names: ReadonlyMap<number, string>;
}

/** An invalid pattern (`seclang.syntax`), or one that uses something unsupported (`seclang.unsupported`). */
export class RegexError extends WafError {
  override readonly name = 'RegexError';
  /** Position in the pattern, from 1. */
  readonly column: number;
  /** The offending part. */
  readonly text: string;

  constructor(code: Extract<ErrorCode, `seclang.${string}`>, at: { column: number; text: string; reason: string }) {
    super(code, `${at.reason} (column ${at.column} of the pattern: ${JSON.stringify(at.text)})`);
    this.column = at.column;
    this.text = at.text;
  }
}

/**
 * Parses a pattern, a byte string. Initial flags: `.` matches any byte, `^` and `$` match only at the start and end of the value
 * (`$` not before a final newline), case matters.
 * @throws RegexError for a pattern that is invalid or not supported.
 */
export function parseRegex(source: string): Regex {
  return new RegexParser(source).parse();
}

interface Flags {
  i: boolean;
  s: boolean;
  m: boolean;
  x: boolean;
  U: boolean;
}

const notSupported: readonly (readonly [RegExp, string])[] = [
  [/\(\?=/y, 'lookahead is not supported'],
  [/\(\?!/y, 'negative lookahead is not supported'],
  [/\(\?<=/y, 'lookbehind is not supported'],
  [/\(\?<!/y, 'negative lookbehind is not supported'],
  [/\(\?>/y, 'atomic groups are not supported'],
  [/\(\?\|/y, 'branch reset groups are not supported'],
  [/\(\?\(/y, 'conditional groups are not supported'],
  [/\(\?(?:R|[+-]?\d+|&\w*|P>\w*)\)/y, 'recursion is not supported'],
  [/\(\?P=\w*\)/y, 'backreferences are not supported'],
  [/\(\?C\d*\)/y, 'callouts are not supported'],
  [/\(\*/y, 'verbs are not supported'],
  [/\\[1-9]\d*|\\g(?:\{?[+-]?\w+\}?|<\w+>|'\w+')|\\k(?:\{\w+\}|<\w+>|'\w+')/y, 'backreferences are not supported'],
  [/\\[pP](?:\{[^}]*\}|.)?/y, 'Unicode properties are not supported: patterns match bytes'],
  [/\\X/y, 'Unicode sequences are not supported: patterns match bytes'],
  [/\\K/y, '\\K is not supported'],
  [/\\G/y, '\\G is not supported'],
  [/\\Z/y, '\\Z is not supported, write \\z or \\n?\\z'],
];

const quantifierSyntax = /([*+?])|\{(\d+)(?:(,)(\d*))?\}/y;
const groupSyntax = /\((?:\?(?:(P?<|')([A-Za-z_]\w*)(>|')|(#)|([a-zA-Z^-]*)([:)])))?/y;
const repeatCountMax = 65_535;

class RegexParser {
  readonly #source: string;
  #at = 0;
  #flags: Readonly<Flags> = { i: false, s: true, m: false, x: false, U: false };
  #isLiteral = false;
  #captureCount = 0;
  readonly #names = new Map<number, string>();

  constructor(source: string) {
    this.#source = source;
  }

  parse(): Regex {
    if (this.#source.length > constants.patternBytesMax) {
      throw this.#syntax(0, 1, `pattern is ${this.#source.length} bytes, limit ${constants.patternBytesMax}`);
    }
    const root = this.#alternation(0);
    if (this.#at < this.#source.length) throw this.#syntax(this.#at, 1, 'unmatched closing parenthesis');
    return { root, captureCount: this.#captureCount, names: this.#names };
  }

  /** Recursion is bounded by `regexNestingMax`. */
  #alternation(depth: number): RegexNode {
    if (depth > constants.regexNestingMax) {
      throw this.#syntax(this.#at, 1, `groups are nested more than ${constants.regexNestingMax} deep`);
    }
    const branches = [this.#sequence(depth)];
    while (this.#source[this.#at] === '|' && !this.#isLiteral) {
      this.#at++;
      branches.push(this.#sequence(depth));
    }
    return branches.length === 1 ? (branches[0] as RegexNode) : { kind: 'alternate', nodes: branches };
  }

  #sequence(depth: number): RegexNode {
    const nodes: RegexNode[] = [];
    for (;;) {
      this.#skipIgnored();
      const char = this.#source[this.#at];
      if (char === undefined || (!this.#isLiteral && (char === '|' || char === ')'))) break;
      const from = this.#at;
      const atom = this.#atom(depth);
      if (atom !== undefined) nodes.push(this.#quantified(atom, from));
      else this.#refuseQuantifier();
    }
    if (nodes.length === 0) return { kind: 'empty' };
    return nodes.length === 1 ? (nodes[0] as RegexNode) : { kind: 'concat', nodes };
  }

  /** Skips `\E`, comments, and white space under `(?x)`; enters `\Q`. */
  #skipIgnored(): void {
    for (;;) {
      if (this.#isLiteral) {
        if (!this.#source.startsWith('\\E', this.#at)) return;
        this.#isLiteral = false;
        this.#at += 2;
      } else if (this.#source.startsWith('\\Q', this.#at)) {
        this.#isLiteral = true;
        this.#at += 2;
      } else if (this.#source.startsWith('\\E', this.#at)) {
        this.#at += 2;
      } else if (this.#source.startsWith('(?#', this.#at)) {
        const end = this.#source.indexOf(')', this.#at);
        if (end === -1) throw this.#syntax(this.#at, 3, 'comment is not closed');
        this.#at = end + 1;
      } else if (!this.#flags.x || !this.#skipExtended()) {
        return;
      }
    }
  }

  #skipExtended(): boolean {
    const char = this.#source[this.#at];
    if (char === '#') {
      const end = this.#source.indexOf('\n', this.#at);
      this.#at = end === -1 ? this.#source.length : end + 1;
      return true;
    }
    if (char === undefined || !' \t\n\v\f\r'.includes(char)) return false;
    this.#at++;
    return true;
  }

  /** One atom; `undefined` if only flags were set here. */
  #atom(depth: number): RegexNode | undefined {
    const char = this.#source[this.#at] as string;
    if (this.#isLiteral) {
      this.#at++;
      return this.#byte(char.charCodeAt(0));
    }
    this.#refuseUnsupported();
    switch (char) {
      case '(':
        return this.#group(depth);
      case '[': {
        const parsed = parseClass(this.#source, this.#at, this.#flags.i);
        if ('reason' in parsed) throw this.#syntax(parsed.at, parsed.length, parsed.reason);
        this.#at = parsed.end;
        return { kind: 'set', set: parsed.set };
      }
      case '.':
        this.#at++;
        return { kind: 'set', set: this.#flags.s ? anyByte : anyButNewline };
      case '^':
        this.#at++;
        return { kind: 'assert', assertion: this.#flags.m ? 'lineStart' : 'start' };
      case '$':
        this.#at++;
        return { kind: 'assert', assertion: this.#flags.m ? 'lineEnd' : 'end' };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw this.#syntax(this.#at, 1, 'nothing to repeat');
    }
    if (char === '{' && this.#quantifierHere() !== null) throw this.#syntax(this.#at, 1, 'nothing to repeat');
    this.#at++;
    return this.#byte(char.charCodeAt(0));
  }

  #byte(byte: number): RegexNode {
    const set = ByteSet.of(byte);
    return { kind: 'set', set: this.#flags.i ? set.foldAscii() : set };
  }

  #refuseUnsupported(): void {
    // The next two characters tell nearly all kinds of parentheses and backslashes apart.
    const lead = this.#source.slice(this.#at, this.#at + 2);
    if (!/^(?:\([?*]|\\[1-9gkpPXKGZ])/.test(lead)) return;
    for (const [syntax, reason] of notSupported) {
      syntax.lastIndex = this.#at;
      const found = syntax.exec(this.#source);
      if (found !== null) throw this.#error('seclang.unsupported', this.#at, found[0].length, reason);
    }
  }

  #escape(): RegexNode {
    const from = this.#at;
    const letter = this.#source[from + 1];
    if (letter === undefined) throw this.#syntax(from, 1, 'backslash at the end of the pattern');
    const assertion = assertionEscapes.get(letter);
    const set = escapeClasses.get(letter);
    if (assertion !== undefined || set !== undefined || letter === 'R' || letter === 'N' || letter === 'C') {
      this.#at += 2;
      if (assertion !== undefined) return { kind: 'assert', assertion };
      if (letter === 'R') return anyLineEnd;
      return { kind: 'set', set: set ?? (letter === 'N' ? anyButNewline : anyByte) };
    }
    const parsed = simpleEscape(this.#source, from);
    if ('reason' in parsed) throw this.#syntax(parsed.at, parsed.length, parsed.reason);
    this.#at = parsed.end;
    return this.#byte(parsed.byte);
  }

  #group(depth: number): RegexNode | undefined {
    const open = this.#at;
    groupSyntax.lastIndex = open;
    const found = groupSyntax.exec(this.#source);
    const name = found?.[2];
    const flagLetters = found?.[5];
    if (name === undefined && flagLetters === undefined && this.#source[open + 1] === '?') {
      throw this.#syntax(open, 3, 'unknown kind of group');
    }
    this.#at += found?.[0].length ?? 1;
    const outer = this.#flags;
    if (flagLetters !== undefined) this.#flags = this.#withFlags(flagLetters, open);
    if (found?.[6] === ')') return undefined;
    const index = flagLetters === undefined ? ++this.#captureCount : 0;
    if (name !== undefined) this.#names.set(index, name);
    const node = this.#alternation(depth + 1);
    if (this.#source[this.#at] !== ')') throw this.#syntax(open, 1, 'parenthesis is not closed');
    this.#at++;
    this.#flags = outer;
    return index === 0 ? node : { kind: 'capture', node, index };
  }

  #withFlags(letters: string, open: number): Readonly<Flags> {
    const flags = { ...this.#flags };
    let value = true;
    for (const [index, letter] of [...letters].entries()) {
      if (letter === '-') value = false;
      else if (letter === '^' && index === 0) Object.assign(flags, { i: false, s: false, m: false, x: false });
      else if (Object.hasOwn(flags, letter)) flags[letter as keyof Flags] = value;
      else throw this.#error('seclang.unsupported', open + 2 + index, 1, `flag "${letter}" is not supported`);
    }
    return flags;
  }

  #quantifierHere(): RegExpExecArray | null {
    if (this.#isLiteral) return null;
    quantifierSyntax.lastIndex = this.#at;
    return quantifierSyntax.exec(this.#source);
  }

  #refuseQuantifier(): void {
    this.#skipIgnored();
    const found = this.#quantifierHere();
    if (found !== null) throw this.#syntax(this.#at, found[0].length, 'nothing to repeat');
  }

  #quantified(atom: RegexNode, from: number): RegexNode {
    this.#skipIgnored();
    const found = this.#quantifierHere();
    if (found === null) return atom;
    const at = this.#at;
    const [text, sign, low, comma, high] = found;
    const min = sign === undefined ? Number(low) : sign === '+' ? 1 : 0;
    const max =
      sign === '?' ? 1 : sign !== undefined || high === '' ? Infinity : comma === undefined ? min : Number(high);
    const largest = max === Infinity ? min : max;
    if (largest > repeatCountMax) throw this.#syntax(at, text.length, `repeat count exceeds ${repeatCountMax}`);
    if (max < min) throw this.#syntax(at, text.length, 'repeat bounds are out of order');
    this.#at += text.length;
    const suffix = this.#source[this.#at];
    if (suffix === '+') {
      const length = this.#at + 1 - from;
      throw this.#error('seclang.unsupported', from, length, 'possessive quantifiers are not supported');
    }
    if (suffix === '?') this.#at++;
    this.#refuseQuantifier();
    const isLazy = (suffix === '?') !== this.#flags.U;
    return repeat(atom, { min, max, isLazy });
  }

  #syntax(at: number, length: number, reason: string): RegexError {
    return this.#error('seclang.syntax', at, length, reason);
  }

  #error(code: 'seclang.syntax' | 'seclang.unsupported', at: number, length: number, reason: string): RegexError {
    const text = this.#source.slice(at, at + Math.min(length, 80));
    return new RegexError(code, { column: at + 1, text, reason });
  }
}

const assertionEscapes: ReadonlyMap<string, Assertion> = new Map([
  ['A', 'start'],
  ['z', 'end'],
  ['b', 'wordBoundary'],
  ['B', 'notWordBoundary'],
]);

/** `\R`. PCRE never splits a CR LF that it matched; this can, so it matches at least what PCRE matches. */
const anyLineEnd: RegexNode = {
  kind: 'alternate',
  nodes: [
    { kind: 'concat', nodes: [0x0d, 0x0a].map((byte) => ({ kind: 'set', set: ByteSet.of(byte) })) },
    { kind: 'set', set: escapeClasses.get('v') as ByteSet },
  ],
};

/** A repeat in its simplest form: repeating something that matches no bytes means once or nothing. */
function repeat(node: RegexNode, bounds: { min: number; max: number; isLazy: boolean }): RegexNode {
  if (bounds.max === 1 && bounds.min === 1) return node;
  if (node.kind === 'empty') return node;
  if (node.kind === 'assert') return bounds.min === 0 ? { kind: 'empty' } : node;
  return { kind: 'repeat', node, ...bounds };
}
