// Texts of rules (tags, messages) by which removals and updates select: which of them hold an expression. Each distinct text is
// looked at once for an expression, and only where the letters stand with which the expression begins.

import type { Steps } from '../base/turn.ts';
import { searchOf } from '../plan/selector.ts';

/** Between texts: no byte string holds it. */
const border = '\u0100';

/** What a search of one text by a regular expression costs, in steps. */
const searchSteps = 8;

/** Characters of all texts in which letters are looked for in a step. */
const charactersAStep = 8 * 1024;

/** Letters that mean themselves in every expression, behind a `^` or not. */
const plainStart = /^\^?([\w \-/:@,;<>=!%&'"~`#]*)/;
const afterPlainStart = /[*?{+|]/;

/** Distinct texts, each with the places where it stands. */
export class TextIndex {
  readonly #placesOf = new Map<string, number[]>();
  #all: { readonly texts: readonly string[]; readonly joined: string; readonly starts: readonly number[] } | undefined;

  /** Says that a text stands at a place. Before the first search; places rise. */
  add(text: string, place: number): void {
    const known = this.#placesOf.get(text);
    if (known === undefined) this.#placesOf.set(text, [place]);
    else if (known.at(-1) !== place) known.push(place);
  }

  /**
   * The places of all texts in which an expression is found, its case as written; rising.
   * @param what names the expression in errors.
   * @param isDue told the steps that each text takes that is looked at, and each place: whether it is time to yield.
   * @throws WafError `seclang.syntax` or `seclang.unsupported` for an expression that cannot be read.
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

  /** The texts that hold some letters. */
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

/** Letters, maybe none, that every text holds in which the expression is found; the expression itself when it is nothing else. */
function literalStart(source: string): string {
  if (source.includes('|')) return '';
  const [whole = '', letters = ''] = plainStart.exec(source) ?? [];
  return afterPlainStart.test(source.charAt(whole.length)) ? letters.slice(0, -1) : letters;
}

/** The index of the last of rising numbers that is not above a bound; the first is not above it. */
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
