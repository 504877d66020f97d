// The size of a pattern's automaton, computed from the tree before a library compiles it. It identifies patterns that would take
// one of them seconds, or unlimited memory. Knows no engine.

import type { RegexNode } from './regex-syntax.ts';

/** The size of a position automaton (Glushkov) with repeats expanded. */
export interface RegexSize {
  /** Byte sets, after repeats are expanded. */
  readonly positions: number;
  /** How many of them are added by repeats. */
  readonly copies: number;
  /** Pairs of positions that can follow each other. */
  readonly edges: number;
  /** Depth of nested loops. */
  readonly loopDepth: number;
}

/** A part as seen from outside: the positions it can begin and end with, and whether it can match nothing. */
interface Part extends RegexSize {
  readonly first: number;
  readonly last: number;
  readonly isNullable: boolean;
}

const nothing: Part = { positions: 0, copies: 0, edges: 0, loopDepth: 0, first: 0, last: 0, isNullable: true };

/** The size of a tree's automaton. Linear in the tree, whatever the repeats multiply to. */
export function regexSize(root: RegexNode): RegexSize {
  const { positions, copies, edges, loopDepth } = partOf(root);
  return { positions, copies, edges, loopDepth };
}

/**
 * The cost of compiling a pattern, in steps of some ten microseconds. Hyperscan's time grows with the square of the expanded
 * repeats. The 318 patterns of CRS 4.28 take 350,000 in total.
 */
export function compileSteps({ positions, copies, edges }: RegexSize): number {
  return positions + edges + copies ** 2 / 64;
}

function partOf(node: RegexNode): Part {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return nothing;
    case 'set':
      return { positions: 1, copies: 0, edges: 0, loopDepth: 0, first: 1, last: 1, isNullable: false };
    case 'capture':
      return partOf(node.node);
    case 'concat':
      return node.nodes.map(partOf).reduce(followedBy, nothing);
    case 'alternate':
      return node.nodes.map(partOf).reduce(eitherOf);
    case 'repeat':
      return repeated(partOf(node.node), node.min, node.max);
  }
}

function followedBy(one: Part, next: Part): Part {
  return {
    positions: one.positions + next.positions,
    copies: one.copies + next.copies,
    edges: one.edges + next.edges + one.last * next.first,
    loopDepth: Math.max(one.loopDepth, next.loopDepth),
    first: one.first + (one.isNullable ? next.first : 0),
    last: next.last + (next.isNullable ? one.last : 0),
    isNullable: one.isNullable && next.isNullable,
  };
}

function eitherOf(one: Part, other: Part): Part {
  return {
    positions: one.positions + other.positions,
    copies: one.copies + other.copies,
    edges: one.edges + other.edges,
    loopDepth: Math.max(one.loopDepth, other.loopDepth),
    first: one.first + other.first,
    last: one.last + other.last,
    isNullable: one.isNullable || other.isNullable,
  };
}

function repeated(part: Part, min: number, max: number): Part {
  if (max === 0) return nothing;
  const isLoop = max === Infinity;
  const copies = isLoop ? Math.max(min, 1) : max;
  // If a copy can match nothing, every later copy can follow every earlier one.
  const pairs = part.isNullable ? (copies * (copies - 1)) / 2 : copies - 1;
  const back = isLoop ? part.first * part.last : 0;
  const ends = part.isNullable ? copies : copies - Math.max(min, 1) + 1;
  return {
    positions: copies * part.positions,
    copies: part.copies + (copies - 1) * part.positions,
    edges: copies * part.edges + pairs * part.first * part.last + back,
    loopDepth: part.loopDepth + (isLoop ? 1 : 0),
    first: part.isNullable ? copies * part.first : part.first,
    last: ends * part.last,
    isNullable: part.isNullable || min === 0,
  };
}
