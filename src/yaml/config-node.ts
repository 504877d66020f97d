// A value of the configuration file with its place: typed reading that notes what is wrong and goes on, so that all
// problems are told at once. Knows no setting.

import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import { WafError } from '../base/errors.ts';
import { unknownName } from '../base/unknown-name.ts';
import type { ParsedYaml } from './parse-yaml.ts';

/** Characters of a wrong value that a message shows. */
const shownCharactersMax = 60;

/** What is wrong with one file, in the order of its places. */
export class Problems {
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #found: { readonly offset: number; readonly sentence: string }[] = [];

  /** @param file what messages call the file. */
  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  /** Notes a problem at an offset of the text, in UTF-16 units. */
  add(offset: number, sentence: string): void {
    this.#found.push({ offset, sentence });
  }

  /** `FILE:LINE:COLUMN` of an offset of the text, in UTF-16 units. */
  placeOf(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#file}:${line}:${col}`;
  }

  /** @throws WafError `config.invalid` with a line `FILE:LINE:COLUMN: …` for each problem, when there is one. */
  throwIfAny(): void {
    if (this.#found.length === 0) return;
    const sorted = this.#found.toSorted((a, b) => a.offset - b.offset);
    const sentences = sorted.map(({ offset, sentence }) => `${this.placeOf(offset)}: ${sentence}`);
    throw new WafError('config.invalid', sentences.join('\n'));
  }
}

/** What a value needs to know besides its node. */
interface Surroundings {
  /** What messages call the value, e.g. `limits.holdMsMax`. */
  readonly name: string;
  readonly problems: Problems;
  readonly targetOf: ParsedYaml['targetOf'];
  /** Where the value is, when it has no place of its own; in UTF-16 units. */
  readonly offset?: number;
}

/** A value of a file. What is not as it is read is noted as a problem, and read as `undefined` or as empty. */
export class ConfigNode {
  readonly #node: Node | null;
  readonly #surroundings: Surroundings;
  readonly #offset: number;

  /** @param node null for a value that is not there. */
  constructor(node: Node | null, surroundings: Surroundings) {
    this.#surroundings = surroundings;
    const isAbsent = node === null || (isScalar(node) && node.value === null);
    this.#offset = (isAbsent ? surroundings.offset : undefined) ?? node?.range?.[0] ?? 0;
    this.#node = (isAlias(node) ? surroundings.targetOf(node) : node) ?? null;
  }

  /** True for nothing at all, as in `key:`. */
  get isEmpty(): boolean {
    return this.#node === null || (isScalar(this.#node) && this.#node.value === null);
  }

  /** True for `false`. */
  get isFalse(): boolean {
    return isScalar(this.#node) && this.#node.value === false;
  }

  /** `FILE:LINE:COLUMN`. */
  get place(): string {
    return this.#surroundings.problems.placeOf(this.#offset);
  }

  /** Notes a problem with this value. */
  refuse(sentence: string): void {
    this.#surroundings.problems.add(this.#offset, sentence);
  }

  /** A text of at least one character. */
  text(): string | undefined {
    const value = this.#scalar();
    if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
    return this.#refuseKind('a text');
  }

  /** A text, which may have no character. */
  anyText(): string | undefined {
    const value = this.#scalar();
    return typeof value === 'string' ? value : this.#refuseKind('a text');
  }

  /** `true` or `false`. */
  flag(): boolean | undefined {
    const value = this.#scalar();
    return typeof value === 'boolean' ? value : this.#refuseKind('true or false');
  }

  /** A whole number from 1 up. */
  positiveNumber(): number | undefined {
    const value = this.#scalar();
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
    return this.#refuseKind('a positive whole number');
  }

  /** One of some words. */
  choice<Word extends string>(words: readonly Word[]): Word | undefined {
    const value = this.#scalar();
    return words.find((word) => word === value) ?? this.#refuseKind(`one of ${words.join(', ')}`);
  }

  /** Entries of a list that has some. */
  entries(): readonly ConfigNode[] {
    const { name } = this.#surroundings;
    if (!isSeq(this.#node) || this.#node.items.length === 0) {
      this.#refuseKind('a list with at least one entry');
      return [];
    }
    return this.#node.items.map((entry) => this.#child(entry as Node | null, `an entry of ${name}`, this.#offset));
  }

  /** Members of a mapping whose keys are names of the user's own, in order; none for nothing at all. */
  namedMembers(): ReadonlyMap<string, ConfigNode> {
    const members = new Map<string, ConfigNode>();
    if (this.isEmpty) return members;
    if (!isMap<Node, Node | null>(this.#node)) {
      this.#refuseKind('a mapping, NAME: VALUE');
      return members;
    }
    for (const { key, value } of this.#node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      const offset = key.range?.[0] ?? this.#offset;
      if (name === '') this.#surroundings.problems.add(offset, 'a name must be a text');
      else members.set(name, this.#child(value, name, offset));
    }
    return members;
  }

  /** A text, a number or a flag as it is written. */
  written(): string | undefined {
    const value = this.#scalar();
    if (typeof value === 'string') return this.text();
    if (!isScalar(this.#node) || value === null || value === undefined) return this.#refuseKind('a text');
    return this.#node.source ?? String(value);
  }

  /** Members of a mapping by key, in order. Keys that are not in `names` are noted and left out. */
  members(names: readonly string[]): ReadonlyMap<string, ConfigNode> {
    const members = new Map<string, ConfigNode>();
    if (!isMap<Node, Node | null>(this.#node)) {
      this.#refuseKind('a mapping, NAME: VALUE');
      return members;
    }
    for (const { key, value } of this.#node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      const offset = key.range?.[0] ?? this.#offset;
      if (names.includes(name)) members.set(name, this.#child(value, name, offset));
      else this.#surroundings.problems.add(offset, unknownName(name, names));
    }
    return members;
  }

  #scalar(): unknown {
    return isScalar(this.#node) ? this.#node.value : undefined;
  }

  #refuseKind(kind: string): undefined {
    const { name, problems } = this.#surroundings;
    problems.add(this.#offset, `${name} must be ${kind}, got ${this.#shown()}`);
  }

  #shown(): string {
    if (this.isEmpty) return 'nothing';
    if (isMap(this.#node)) return 'a mapping';
    if (isSeq(this.#node)) return this.#node.items.length === 0 ? 'an empty list' : 'a list';
    const value = this.#scalar();
    const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
    return text.length > shownCharactersMax ? `${text.slice(0, shownCharactersMax)}…` : text;
  }

  #child(node: Node | null, name: string, offset: number): ConfigNode {
    const { problems, targetOf } = this.#surroundings;
    return new ConfigNode(node, { name, problems, targetOf, offset });
  }
}
