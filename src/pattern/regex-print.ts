// Pattern trees → the dialects of the two engines, in the common subset of their syntax (bytes as \xHH, no shorthand classes, no
// flags except those written). Knows no rule and no parser.

import { anyByte, type ByteSet } from './regex-byte-set.ts';
import { lengths } from './regex-facts.ts';
import type { Assertion, RegexNode } from './regex-syntax.ts';

/** `hyperscan` drops captures and laziness, which Hyperscan does not support; `re2` keeps both. */
export type RegexDialect = 'hyperscan' | 're2';

/** RE2 refuses larger repeat counts, including those that nested repeats multiply to. */
const re2RepeatMax = 1000;

/**
 * The pattern in a dialect, to be compiled over bytes with `.` matching any byte, `^` and `$` only at the ends, and case
 * sensitive; everything else is in the text. `undefined` if the dialect cannot express it (RE2: repeats of more than 1000).
 */
export function printRegex(root: RegexNode, dialect: RegexDialect): string | undefined {
  if (dialect === 're2' && largestRepeat(root) > re2RepeatMax) return undefined;
  // If every set is closed under case folding, a flag halves the text. RE2 also folds À–Þ, Hyperscan does not.
  const isFolded = everySet(root, (set) => isFoldClosed(set, dialect)) && !everySet(root, (set) => !isLetterPair(set));
  const printer = new Printer(dialect, isFolded);
  // An empty text would later mean "no pattern".
  return (isFolded ? '(?i)' : '') + (printer.print(root, 'alternate') || '(?:)');
}

/** The context in which the text is printed, which decides on parentheses. */
type Context = 'alternate' | 'concat' | 'repeat';

const assertionText: Readonly<Record<RegexDialect, Readonly<Record<Assertion, string>>>> = {
  hyperscan: {
    start: '^',
    end: '\\z',
    lineStart: '(?m:^)',
    lineEnd: '(?m:$)',
    wordBoundary: '\\b',
    notWordBoundary: '\\B',
  },
  re2: {
    start: '\\A',
    end: '\\z',
    lineStart: '(?m:^)',
    lineEnd: '(?m:$)',
    wordBoundary: '\\b',
    notWordBoundary: '\\B',
  },
};

class Printer {
  readonly #dialect: RegexDialect;
  readonly #isFolded: boolean;
  readonly #sets = new Map<ByteSet, string>();

  constructor(dialect: RegexDialect, isFolded: boolean) {
    this.#dialect = dialect;
    this.#isFolded = isFolded;
  }

  print(node: RegexNode, context: Context): string {
    switch (node.kind) {
      case 'empty':
        return context === 'alternate' ? '' : '(?:)';
      case 'set':
        return this.#set(node.set);
      case 'assert':
        return assertionText[this.#dialect][node.assertion];
      case 'capture':
        return this.#dialect === 're2' ? `(${this.print(node.node, 'alternate')})` : this.print(node.node, context);
      case 'concat': {
        const text = node.nodes.map((child) => this.print(child, 'concat')).join('');
        return context === 'repeat' ? `(?:${text})` : text;
      }
      case 'alternate': {
        const text = node.nodes.map((child) => this.print(child, 'alternate')).join('|');
        return context === 'alternate' ? text : `(?:${text})`;
      }
      case 'repeat': {
        if (this.#dialect === 'hyperscan' && lengths(node).max === 0) {
          return this.print(node.min === 0 ? { kind: 'empty' } : node.node, context);
        }
        const text = this.print(node.node, 'repeat') + quantifier(node.min, node.max);
        const lazy = node.isLazy && this.#dialect === 're2' ? '?' : '';
        return context === 'repeat' ? `(?:${text}${lazy})` : text + lazy;
      }
    }
  }

  #set(set: ByteSet): string {
    let text = this.#sets.get(set);
    if (text === undefined) {
      text = printSet(set, this.#isFolded);
      this.#sets.set(set, text);
    }
    return text;
  }
}

function quantifier(min: number, max: number): string {
  if (max === Infinity) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (max === 1) return min === 0 ? '?' : '';
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function printSet(set: ByteSet, isFolded: boolean): string {
  if (set.equals(anyByte)) return '.';
  const ranges = set.toRanges();
  if (ranges.length === 0) return '[^\\x00-\\xff]';
  const first = ranges[0] as readonly [number, number];
  if (ranges.length === 1 && first[0] === first[1]) return printByte(first[0], outsideClass);
  if (isFolded && isLetterPair(set)) return String.fromCharCode(first[0] + 0x20);
  const complement = set.complement().toRanges();
  const isNegated = complement.length < ranges.length;
  return `[${isNegated ? '^' : ''}${(isNegated ? complement : ranges).map(printRange).join('')}]`;
}

function printRange([from, to]: readonly [number, number]): string {
  const first = printByte(from, insideClass);
  if (from === to) return first;
  return `${first}${to === from + 1 ? '' : '-'}${printByte(to, insideClass)}`;
}

/** Every byte as text. Characters that are literal in both engines are printed as they are, some with a backslash. */
function printedBytes(literal: RegExp, escaped: RegExp): readonly string[] {
  return Array.from({ length: 256 }, (_, byte) => {
    const char = String.fromCharCode(byte);
    if (literal.test(char)) return char;
    return escaped.test(char) ? `\\${char}` : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
}

const outsideClass = printedBytes(/[\w"'<>,;:=!@%&~/` ]/, /[.*+?()|[\]{}^$\\#-]/);
const insideClass = printedBytes(/[\w"'<>,;=!@%~/` .*+?(){}$#]/, /[[\]^\\-]/);

function printByte(byte: number, printed: readonly string[]): string {
  return printed[byte] as string;
}

function isFoldClosed(set: ByteSet, dialect: RegexDialect): boolean {
  if (set.foldAscii() !== set) return false;
  if (dialect === 'hyperscan') return true;
  for (let upper = 0xc0; upper <= 0xde; upper++) {
    if (upper !== 0xd7 && set.has(upper) !== set.has(upper + 0x20)) return false;
  }
  return true;
}

/** True for a letter in both cases. */
function isLetterPair(set: ByteSet): boolean {
  if (set.size !== 2) return false;
  const [upper, lower] = [...set.bytes()] as [number, number];
  return upper >= 0x41 && upper <= 0x5a && lower === upper + 0x20;
}

/** True if `holds` is true for each distinct set of the tree; it is called once per set. */
function everySet(root: RegexNode, holds: (set: ByteSet) => boolean): boolean {
  const passed = new Set<ByteSet>();
  return everyLeaf(root, (set) => {
    if (passed.has(set)) return true;
    if (!holds(set)) return false;
    passed.add(set);
    return true;
  });
}

function everyLeaf(node: RegexNode, holds: (set: ByteSet) => boolean): boolean {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return true;
    case 'set':
      return holds(node.set);
    case 'capture':
    case 'repeat':
      return everyLeaf(node.node, holds);
    case 'concat':
    case 'alternate':
      return node.nodes.every((child) => everyLeaf(child, holds));
  }
}

/** The largest product of nested repeat counts. */
function largestRepeat(node: RegexNode): number {
  switch (node.kind) {
    case 'empty':
    case 'assert':
    case 'set':
      return 1;
    case 'capture':
      return largestRepeat(node.node);
    case 'repeat':
      return Math.max(1, node.max === Infinity ? node.min : node.max) * largestRepeat(node.node);
    case 'concat':
    case 'alternate':
      return Math.max(1, ...node.nodes.map(largestRepeat));
  }
}
