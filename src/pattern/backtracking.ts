// The cost of a pattern in a backtracking engine, as most others are. Counts steps on texts built to trigger backtracking, so the
// same pattern always gives the same result. Weir's own engines take time in proportion to the text, whatever the pattern.

import type { ByteSet } from './regex-byte-set.ts';
import type { RegexNode } from './regex-syntax.ts';

/** A part of a text whose repetition costs more than quadratic time. */
export interface Growth {
  /** The repeated part, a byte string. */
  readonly pump: string;
  /** Steps for a number of repetitions, and for twice as many; `Infinity` above the limit. */
  readonly steps: readonly [number, number];
  readonly times: number;
}

/** Repetitions in the first measurement. */
const times = 16;
/** Steps of one measurement. */
const stepsMax = 60_000;
/** Repetitions of a pattern that are tried, from its start. */
const repeatsMax = 24;
/** Longest sample of a part, bytes. */
const sampleBytesMax = 24;
/** With quadratic growth, twice the length takes four times the steps. */
const ratioMax = 5;
const stepsMin = 2_000;

/** The first growth found that is worse than quadratic; undefined if none of the texts shows any. */
export function growthOf(root: RegexNode): Growth | undefined {
  const taste = new Taste(root);
  for (const { node, before } of repeatsOf(root, taste).slice(0, repeatsMax)) {
    for (const pump of pumpsOf(node, taste)) {
      for (const end of ['', taste.stranger]) {
        const found = growthBy(pump, (count) => stepsOf(root, before + pump.repeat(count) + end));
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

function growthBy(pump: string, measure: (times: number) => number): Growth | undefined {
  for (const count of [times, times / 4]) {
    const [once, twice] = [measure(count), measure(2 * count)];
    if ((count === times && twice < stepsMin) || (once < Infinity && twice <= ratioMax * once)) return undefined;
    if (once < Infinity) return { pump, steps: [once, twice], times: count };
  }
  return { pump, steps: [Infinity, Infinity], times: times / 4 };
}

/** The bytes that samples are made of: those that most parts of the pattern accept, because they can be matched in several ways. */
class Taste {
  readonly #counts = new Map<number, number>();

  constructor(root: RegexNode) {
    for (const set of setsOf(root)) {
      if (set.size > 200) continue;
      for (const [from, to] of set.toRanges()) {
        for (let byte = from; byte <= to; byte += 1) this.#counts.set(byte, (this.#counts.get(byte) ?? 0) + 1);
      }
    }
  }

  best(set: ByteSet): string {
    let best: number | undefined;
    for (const [from, to] of set.toRanges()) {
      for (let byte = from; byte <= to; byte += 1) {
        if (best === undefined || this.#count(byte) > this.#count(best)) best = byte;
      }
    }
    return best === undefined ? '' : String.fromCharCode(best);
  }

  /** A byte that as few parts as possible accept. */
  get stranger(): string {
    let best = 0;
    for (let byte = 0; byte < 256; byte += 1) if (this.#count(byte) < this.#count(best)) best = byte;
    return String.fromCharCode(best);
  }

  #count(byte: number): number {
    return this.#counts.get(byte) ?? 0;
  }
}

function setsOf(node: RegexNode): readonly ByteSet[] {
  switch (node.kind) {
    case 'set':
      return [node.set];
    case 'concat':
    case 'alternate':
      return node.nodes.flatMap(setsOf);
    case 'repeat':
    case 'capture':
      return setsOf(node.node);
    default:
      return [];
  }
}

/** The shortest text that a part matches. */
function sampleOf(node: RegexNode, taste: Taste): string {
  switch (node.kind) {
    case 'set':
      return taste.best(node.set);
    case 'concat':
      return node.nodes
        .map((one) => sampleOf(one, taste))
        .join('')
        .slice(0, sampleBytesMax);
    case 'alternate':
      return node.nodes.map((one) => sampleOf(one, taste)).reduce((a, b) => (b.length < a.length ? b : a));
    case 'repeat':
      return sampleOf(node.node, taste).repeat(Math.min(node.min, sampleBytesMax)).slice(0, sampleBytesMax);
    case 'capture':
      return sampleOf(node.node, taste);
    default:
      return '';
  }
}

type Repeat = Extract<RegexNode, { readonly kind: 'repeat' }>;

/** Repetitions without a small limit, each with a text that leads to it. */
function repeatsOf(
  node: RegexNode,
  taste: Taste,
  before = '',
): readonly { readonly node: Repeat; readonly before: string }[] {
  switch (node.kind) {
    case 'concat': {
      let lead = before;
      return node.nodes.flatMap((one) => {
        const found = repeatsOf(one, taste, lead);
        lead += sampleOf(one, taste);
        return found;
      });
    }
    case 'alternate':
      return node.nodes.flatMap((one) => repeatsOf(one, taste, before));
    case 'capture':
      return repeatsOf(node.node, taste, before);
    case 'repeat':
      return [...(node.max >= times ? [{ node, before }] : []), ...repeatsOf(node.node, taste, before)];
    default:
      return [];
  }
}

/** Texts to repeat for a repetition: its shortest one, and one with a sample of each of its branches. */
function pumpsOf({ node }: Repeat, taste: Taste): readonly string[] {
  const inner = node.kind === 'capture' ? node.node : node;
  const whole = node.kind === 'capture' || node.kind === 'repeat' ? [once(node, taste)] : [];
  const branches = inner.kind === 'alternate' ? [inner.nodes.map((one) => once(one, taste)).join('')] : [];
  const pumps = [sampleOf(node, taste), once(node, taste), ...whole, ...branches];
  return [...new Set(pumps.map((pump) => pump.slice(0, sampleBytesMax)))].filter((pump) => pump !== '');
}

/** Like `sampleOf`, but includes each optional part once. */
function once(node: RegexNode, taste: Taste): string {
  switch (node.kind) {
    case 'concat':
      return node.nodes
        .map((one) => once(one, taste))
        .join('')
        .slice(0, sampleBytesMax);
    case 'repeat':
      return once(node.node, taste);
    case 'capture':
      return once(node.node, taste);
    default:
      return sampleOf(node, taste);
  }
}

/** Whether the rest of the pattern matches at a position. */
type Rest = (at: number) => boolean;

/** Steps of an attempt at the start of a text. */
function stepsOf(root: RegexNode, text: string): number {
  const attempt = new Attempt(text);
  try {
    attempt.match(root, 0, () => false);
  } catch (thrown) {
    // Matching recurses deeper than the stack allows: no measurement.
    if (!(thrown instanceof RangeError)) throw thrown;
    return 0;
  }
  return attempt.steps > stepsMax ? Infinity : attempt.steps;
}

class Attempt {
  steps = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Tries all ways to match a part while steps remain. The end of the pattern never matches, so that all ways are tried. */
  match(node: RegexNode, at: number, rest: Rest): boolean {
    this.steps += 1;
    if (this.steps > stepsMax) return true;
    switch (node.kind) {
      case 'set':
        return at < this.#text.length && node.set.has(this.#text.charCodeAt(at)) && rest(at + 1);
      case 'concat':
        return this.#sequence(node.nodes, 0, at, rest);
      case 'alternate':
        return node.nodes.some((one) => this.match(one, at, rest));
      case 'repeat':
        return this.#repeat(node, 0, at, rest);
      case 'capture':
        return this.match(node.node, at, rest);
      case 'assert':
        return this.#holds(node.assertion, at) && rest(at);
      case 'empty':
        return rest(at);
    }
  }

  #sequence(nodes: readonly RegexNode[], index: number, at: number, rest: Rest): boolean {
    const node = nodes[index];
    return node === undefined ? rest(at) : this.match(node, at, (next) => this.#sequence(nodes, index + 1, next, rest));
  }

  #repeat(node: Repeat, count: number, at: number, rest: Rest): boolean {
    const more = (): boolean =>
      count < node.max &&
      this.match(node.node, at, (next) => (next > at || count < node.min) && this.#repeat(node, count + 1, next, rest));
    const enough = (): boolean => count >= node.min && rest(at);
    return node.isLazy ? enough() || more() : more() || enough();
  }

  #holds(assertion: Extract<RegexNode, { readonly kind: 'assert' }>['assertion'], at: number): boolean {
    const isWord = (index: number): boolean => /\w/.test(this.#text[index] ?? '');
    switch (assertion) {
      case 'start':
        return at === 0;
      case 'end':
        return at === this.#text.length;
      case 'lineStart':
        return at === 0 || this.#text[at - 1] === '\n';
      case 'lineEnd':
        return at === this.#text.length || this.#text[at] === '\n';
      case 'wordBoundary':
        return isWord(at - 1) !== isWord(at);
      case 'notWordBoundary':
        return isWord(at - 1) === isWord(at);
    }
  }
}
