// Static facts about a pattern: lengths, anchors, bytes that every match contains, and what makes its automaton large. Knows the
// tree only. All facts are conservative: "at least", "at most", "never without".

import { type ByteSet, wordBytes } from './regex-byte-set.ts';
import type { RegexNode } from './regex-syntax.ts';

/** Facts of one pattern. */
export interface RegexFacts {
  /** No match is shorter, bytes. */
  readonly shortestBytes: number;
  /** No match is longer, bytes; `Infinity` when unbounded. */
  readonly longestBytes: number;
  /** Every match starts at the start of the value. */
  readonly isAnchoredStart: boolean;
  /** Every match ends at the end of the value. */
  readonly isAnchoredEnd: boolean;
  /** Every match contains at least one byte of each of these sets; most selective first, at most `requiredSetsMax`. */
  readonly required: readonly ByteSet[];
}

const requiredSetsMax = 8;
/** Sets carried along inside the tree; more would cost time and hardly ever be used. */
const carriedSetsMax = 8;
/** Sets of each branch that are combined with those of the next; the number of pairs is the square of this. */
const combinedSetsMax = 4;

/** The facts of a tree. Linear in its size. */
export function regexFacts(root: RegexNode): RegexFacts {
  const { min, max } = lengths(root);
  return {
    shortestBytes: min,
    longestBytes: max,
    isAnchoredStart: isAnchored(root, 'start'),
    isAnchoredEnd: isAnchored(root, 'end'),
    required: best(requiredSets(root)).slice(0, requiredSetsMax),
  };
}

/** Shortest and longest match of a part, bytes. */
export function lengths(node: RegexNode): { readonly min: number; readonly max: number } {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return { min: 0, max: 0 };
    case 'set':
      return { min: 1, max: 1 };
    case 'capture':
      return lengths(node.node);
    case 'repeat': {
      const inner = lengths(node.node);
      return { min: inner.min * node.min, max: inner.max === 0 || node.max === 0 ? 0 : inner.max * node.max };
    }
    case 'concat': {
      let min = 0;
      let max = 0;
      for (const child of node.nodes) {
        const inner = lengths(child);
        min += inner.min;
        max += inner.max;
      }
      return { min, max };
    }
    case 'alternate': {
      let min = Infinity;
      let max = 0;
      for (const child of node.nodes) {
        const inner = lengths(child);
        min = Math.min(min, inner.min);
        max = Math.max(max, inner.max);
      }
      return { min, max };
    }
  }
}

/** True when every match of the part begins (ends) at the start (end) of the value. */
function isAnchored(node: RegexNode, side: 'start' | 'end'): boolean {
  switch (node.kind) {
    case 'empty':
    case 'set':
      return false;
    case 'assert':
      return node.assertion === side;
    case 'capture':
      return isAnchored(node.node, side);
    case 'repeat':
      return node.min > 0 && isAnchored(node.node, side);
    case 'alternate':
      return node.nodes.every((child) => isAnchored(child, side));
    case 'concat': {
      // Parts that match no bytes may be between the anchor and the edge.
      const order = side === 'start' ? node.nodes : node.nodes.toReversed();
      for (const child of order) {
        if (isAnchored(child, side)) return true;
        if (lengths(child).max > 0) return false;
      }
      return false;
    }
  }
}

/** Sets such that every match of the part contains a byte of each; most selective first. */
function requiredSets(node: RegexNode): readonly ByteSet[] {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return [];
    case 'set':
      return [node.set];
    case 'capture':
      return requiredSets(node.node);
    case 'repeat':
      return node.min === 0 ? [] : requiredSets(node.node);
    case 'concat':
      return best(node.nodes.flatMap(requiredSets));
    case 'alternate':
      return requiredOfAny(node.nodes);
  }
}

function requiredOfAny(nodes: readonly RegexNode[]): readonly ByteSet[] {
  let sets: readonly ByteSet[] | undefined;
  for (const node of nodes) {
    const own = requiredSets(node);
    sets = sets === undefined ? own : eitherOf(sets, own);
    // One branch that requires nothing in particular ends the search.
    if (sets.length === 0) break;
  }
  return sets ?? [];
}

/** What holds for a match of one of two: (A and B) or (C and D) implies each of A∪C, A∪D, B∪C, B∪D. */
function eitherOf(one: readonly ByteSet[], other: readonly ByteSet[]): readonly ByteSet[] {
  const right = other.slice(0, combinedSetsMax);
  return best(one.slice(0, combinedSetsMax).flatMap((a) => right.map((b) => a.union(b))));
}

/** The most selective sets, without those that another implies. */
function best(sets: readonly ByteSet[]): readonly ByteSet[] {
  const weighed = sets.map((set) => ({ set, weight: commonness(set) })).sort((a, b) => a.weight - b.weight);
  const kept: ByteSet[] = [];
  for (const { set, weight } of weighed) {
    if (weight >= alwaysThere || kept.length === carriedSetsMax) break;
    if (!kept.some((other) => other.isSubsetOf(set))) kept.push(set);
  }
  return kept;
}

/** How many of ten ordinary values (form fields, JSON strings) contain a byte; a rough order is enough. */
const byteCommonness: Float64Array = (() => {
  const table = new Float64Array(256).fill(0.01);
  const set = (bytes: string, value: number) => {
    for (const byte of bytes) table[byte.charCodeAt(0)] = value;
  };
  set('abcdefghijklmnopqrstuvwxyz', 4);
  set('etaoinsr', 6);
  set('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 1);
  set('0123456789', 2);
  set(' ', 4);
  set('-._,/:', 2);
  set('=&?%+@"\'', 0.8);
  set('();\n', 0.5);
  set('<>!#*$[]{}|^~`\\', 0.3);
  table.fill(0.2, 0x80);
  return table;
})();

/** A set this common matches nearly every value: checking for it costs more than it saves. */
const alwaysThere = 190;

const knownCommonness = new WeakMap<ByteSet, number>();

function commonness(set: ByteSet): number {
  const known = knownCommonness.get(set);
  if (known !== undefined) return known;
  let sum = 0;
  for (let index = 0; index < 32; index++) {
    // From the lowest bit on; most sets have few.
    for (let bits = set.bits[index] ?? 0; bits !== 0; bits &= bits - 1) {
      sum += byteCommonness[index * 8 + 31 - Math.clz32(bits & -bits)] ?? 0;
    }
  }
  knownCommonness.set(set, sum);
  return sum;
}

/**
 * Counts unbounded repeats of a set that contains many word bytes, e.g. `[a-z_-]*`. Each keeps an automaton busy on ordinary
 * text, and several in a row multiply; they are what makes an automaton too large for Hyperscan.
 */
export function countWordLoops(node: RegexNode): number {
  switch (node.kind) {
    case 'empty':
    case 'assert':
    case 'set':
      return 0;
    case 'capture':
      return countWordLoops(node.node);
    case 'repeat':
      if (node.node.kind !== 'set') return countWordLoops(node.node);
      return node.max === Infinity && countWordBytes(node.node.set) >= wordLoopBytesMin ? 1 : 0;
    case 'concat':
    case 'alternate':
      return node.nodes.reduce((sum, child) => sum + countWordLoops(child), 0);
  }
}

const wordLoopBytesMin = 10;

function countWordBytes(set: ByteSet): number {
  let count = 0;
  for (const byte of wordBytes.bytes()) if (set.has(byte)) count++;
  return count;
}
