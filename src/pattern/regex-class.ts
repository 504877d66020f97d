// The inside of `[…]` and the escapes for a single byte, in PCRE's syntax. Knows bytes and text only.

import { ByteSet, escapeClasses, posixClasses } from './regex-byte-set.ts';

/** An error and its position in the source (from 0). */
export interface ClassProblem {
  readonly reason: string;
  readonly at: number;
  readonly length: number;
}

const namedBytes: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['e', 0x1b],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
]);

const hexSyntax = /\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{0,2}))/y;
const octalSyntax = /\\(?:o\{([0-7]+)\}|(0[0-7]{0,2}))/y;

/** The byte that the escape at `at` (a backslash) stands for, and the end of the escape. */
export function simpleEscape(
  source: string,
  at: number,
): { readonly byte: number; readonly end: number } | ClassProblem {
  const letter = source[at + 1];
  if (letter === undefined) return { reason: 'backslash at the end of the pattern', at, length: 1 };
  const named = namedBytes.get(letter);
  if (named !== undefined) return { byte: named, end: at + 2 };
  const number = numberAt(source, at, letter);
  if (number !== undefined) {
    const length = number.end - at;
    return number.byte > 0xff
      ? { reason: 'the character is above 0xFF: patterns match bytes', at, length }
      : { byte: number.byte, end: number.end };
  }
  if (letter === 'c') {
    const control = source.charCodeAt(at + 2);
    if (!(control >= 0x20 && control < 0x7f)) return { reason: '\\c needs a printable character', at, length: 2 };
    return { byte: (source[at + 2] as string).toUpperCase().charCodeAt(0) ^ 0x40, end: at + 3 };
  }
  if (/[0-9A-Za-z]/.test(letter)) return { reason: `unknown escape \\${letter}`, at, length: 2 };
  return { byte: letter.charCodeAt(0), end: at + 2 };
}

function numberAt(source: string, at: number, letter: string): { byte: number; end: number } | undefined {
  const isHex = letter === 'x';
  if (!isHex && letter !== 'o' && letter !== '0') return undefined;
  const syntax = isHex ? hexSyntax : octalSyntax;
  syntax.lastIndex = at;
  const found = syntax.exec(source);
  if (found === null) return undefined;
  return { byte: Number.parseInt(found[1] ?? (found[2] || '0'), isHex ? 16 : 8), end: at + found[0].length };
}

const collationSyntax = /\[([.=])[^[\]]{1,16}\1\]/y;
const posixSyntax = /\[:(\^?)([a-z]*):\]/y;

/**
 * The class that opens at `at`, and its end. Case is folded before negation, as in PCRE. Cost: one pass over the class.
 */
export function parseClass(
  source: string,
  at: number,
  foldCase: boolean,
): { readonly set: ByteSet; readonly end: number } | ClassProblem {
  const reader = new ClassReader(source, at, foldCase);
  return reader.read();
}

/** One member: a byte, which may start a range, or a set. */
type Member = { readonly byte: number } | { readonly set: ByteSet };

class ClassReader {
  readonly #source: string;
  readonly #open: number;
  readonly #foldCase: boolean;
  #at: number;
  #isLiteral = false;

  constructor(source: string, open: number, foldCase: boolean) {
    this.#source = source;
    this.#open = open;
    this.#foldCase = foldCase;
    this.#at = open + 1;
  }

  read(): { readonly set: ByteSet; readonly end: number } | ClassProblem {
    // As in PCRE, `\E` and `\Q\E` are skipped on both sides of the `^`, so a `]` after them is still the first character.
    this.#skipQuoting();
    const isNegated = this.#source[this.#at] === '^' && !this.#isLiteral;
    if (isNegated) this.#at++;
    this.#skipQuoting();
    const bits = new Uint8Array(32);
    const first = this.#at;
    for (;;) {
      this.#skipQuoting();
      const char = this.#source[this.#at];
      if (char === undefined) return { reason: 'class is not closed', at: this.#open, length: 1 };
      if (char === ']' && this.#at !== first && !this.#isLiteral) break;
      const from = this.#at;
      const member = this.#member();
      if ('reason' in member) return member;
      const whole = this.#range(member, from);
      if ('reason' in whole) return whole;
      const set = 'set' in whole ? whole.set : ByteSet.of(whole.byte);
      for (const [index, byte] of set.bits.entries()) bits[index] = (bits[index] ?? 0) | byte;
    }
    const plain = new ByteSet(bits);
    const folded = this.#foldCase ? plain.foldAscii() : plain;
    return { set: isNegated ? folded.complement() : folded, end: this.#at + 1 };
  }

  #skipQuoting(): void {
    for (;;) {
      if (this.#source.startsWith('\\E', this.#at)) this.#isLiteral = false;
      else if (!this.#isLiteral && this.#source.startsWith('\\Q', this.#at)) this.#isLiteral = true;
      else return;
      this.#at += 2;
    }
  }

  #member(): Member | ClassProblem {
    const char = this.#source[this.#at] as string;
    if (this.#isLiteral || (char !== '[' && char !== '\\')) {
      this.#at++;
      return { byte: char.charCodeAt(0) };
    }
    if (char === '[') return this.#posix();
    const letter = this.#source[this.#at + 1] ?? '';
    const set = escapeClasses.get(letter);
    if (set !== undefined || letter === 'b') {
      this.#at += 2;
      return set === undefined ? { byte: 0x08 } : { set };
    }
    return this.#byteEscape(letter);
  }

  #byteEscape(letter: string): Member | ClassProblem {
    const octal = /\\([1-7][0-7]{0,2})/y;
    octal.lastIndex = this.#at;
    const found = octal.exec(this.#source);
    if (found !== null) {
      // Inside a class a backslash with digits is never a backreference.
      const byte = Number.parseInt(found[1] as string, 8);
      if (byte > 0xff) return { reason: 'the character is above 0xFF', at: this.#at, length: found[0].length };
      this.#at += found[0].length;
      return { byte };
    }
    if (letter === 'p' || letter === 'P') {
      return { reason: 'Unicode properties are not supported: patterns match bytes', at: this.#at, length: 2 };
    }
    const parsed = simpleEscape(this.#source, this.#at);
    if ('reason' in parsed) return parsed;
    this.#at = parsed.end;
    return { byte: parsed.byte };
  }

  #posix(): Member | ClassProblem {
    posixSyntax.lastIndex = this.#at;
    const found = posixSyntax.exec(this.#source);
    if (found === null) {
      collationSyntax.lastIndex = this.#at;
      const collation = collationSyntax.exec(this.#source);
      if (collation !== null) {
        return { reason: 'collation elements are not supported', at: this.#at, length: collation[0].length };
      }
      this.#at++;
      return { byte: 0x5b };
    }
    const set = posixClasses.get(found[2] as string);
    if (set === undefined) return { reason: `unknown POSIX class`, at: this.#at, length: found[0].length };
    this.#at += found[0].length;
    const folded = this.#foldCase ? set.foldAscii() : set;
    return { set: found[1] === '^' ? folded.complement() : folded };
  }

  /** `member` itself, or the range it starts. A hyphen next to a set, or at the end, is literal. */
  #range(member: Member, from: number): Member | ClassProblem {
    this.#skipQuoting();
    if ('set' in member || this.#isLiteral || this.#source[this.#at] !== '-') return member;
    const after = this.#source[this.#at + 1];
    if (after === undefined || after === ']') return member;
    const hyphen = this.#at;
    this.#at++;
    this.#skipQuoting();
    const end = this.#source[this.#at];
    if (end === undefined || (end === ']' && !this.#isLiteral)) {
      this.#at = hyphen;
      return member;
    }
    const last = this.#member();
    if ('reason' in last) return last;
    if ('set' in last) {
      this.#at = hyphen;
      return member;
    }
    if (last.byte < member.byte) {
      return { reason: 'class range is out of order', at: from, length: this.#at - from };
    }
    return { set: ByteSet.ranges([[member.byte, last.byte]]) };
  }
}
