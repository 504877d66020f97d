// An index of rule texts (tags, messages) for removals and updates: finds those that match an expression. Each distinct text is
// searched once per expression, and only if it contains the literal prefix of the expression.

import type { Steps } from '../base/turn.ts';
import { searchOf } from '../plan/selector.ts';

/** Separates texts: no byte string contains it. */
const border = '\u0100';

/** Steps for searching one text with a regular expression. */
const searchSteps = 8;

/** Characters searched for a literal per step. */
const charactersAStep = 8 * 1024;

/** Characters that are literal in every expression, after an optional `^`. */
const plainStart = /^\^?([\w \-/:@,;<>=!%&'"~`#]*)/;
const afterPlainStart = /[*?{+|]/;

/** Distinct texts, each with its positions. */
export class TextIndex {
  readonly #placesOf = new Map<string, number[]>();
  #all: { readonly texts: readonly string[]; readonly joined: string; readonly starts: readonly number[] } | undefined;

  /** Adds a text at a position. Before the first search; positions ascend. */
  add(text: string, place: number): void {
    const known = this.#placesOf.get(text);
    if (known === undefined) this.#placesOf.set(text, [place]);
    else if (known.at(-1) !== place) known.push(place);
  }

  /**
   * The positions of all texts that the expression matches anywhere, with case; ascending.
   * @param what names the expression in errors.
   * @param isDue called with the steps for each text searched and each position: returns whether it is time to yield.
   * @throws WafError `seclang.syntax` or `seclang.unsupported` for an expression that cannot be parsed.
   */
  *search(what: string, source: string, isDue: (steps: number) => boolean): Steps<readonly number[]> {
    const literal = literalStart(source);
    const isLiteral = literal === source;
    const isFound = isLiteral ? () => true : searchOf(what, source);
    const places = new Set<number>();
    if (isDue(1 + this.#joined().joined.length / charactersAStep)) yield;
    for (const text of this.#holding(literal)) {
      if (isDue(isLiteral ? 1 : searchSteps)) yield;
      if (!isFound(text)) continue;
      for (const place of this.#placesOf.get(text) ?? []) {
        places.add(place);
        if (isDue(1)) yield;
      }
    }
    return [...places].sort((a, b) => a - b);
  }

  /** The texts that contain a literal. */
  *#holding(literal: string): Generator<string> {
    const { texts, joined, starts } = this.#joined();
    if (literal === '') {
      yield* texts;
      return;
    }
    let at = joined.indexOf(literal);
    while (at >= 0) {
      const index = lastUpTo(starts, at);
      yield texts[index] as string;
      const next = starts[index + 1];
      at = next === undefined ? -1 : joined.indexOf(literal, next);
    }
  }

  #joined() {
    if (this.#all === undefined) {
      const texts = [...this.#placesOf.keys()];
      let length = 0;
      const starts = texts.map((text) => {
        const start = length;
        length += text.length + border.length;
        return start;
      });
      this.#all = { texts, joined: texts.join(border), starts };
    }
    return this.#all;
  }
}

/** A literal, possibly empty, that every matching text contains; the whole expression if it is only a literal. */
function literalStart(source: string): string {
  if (source.includes('|')) return '';
  const [whole = '', letters = ''] = plainStart.exec(source) ?? [];
  return afterPlainStart.test(source.charAt(whole.length)) ? letters.slice(0, -1) : letters;
}

/** The index of the last of ascending numbers that is not above a bound; the first one is not above it. */
function lastUpTo(rising: readonly number[], bound: number): number {
  let low = 0;
  let high = rising.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((rising[middle] as number) > bound) high = middle;
    else low = middle;
  }
  return low;
}
