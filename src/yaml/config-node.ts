// A value of the configuration file with its location: typed access that records problems and continues, so that all problems are
// reported at once. Knows no setting.

import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import { WafError } from '../base/errors.ts';
import { unknownName } from '../base/unknown-name.ts';
import type { ParsedYaml } from './parse-yaml.ts';

/** Characters of a wrong value that a message shows. */
const shownCharactersMax = 60;

/** The problems of one file, in order of location. */
export class Problems {
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #found: { readonly offset: number; readonly sentence: string }[] = [];

  /** @param file its name in messages. */
  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  /** Records a problem at an offset of the text, in UTF-16 units. */
  add(offset: number, sentence: string): void {
    this.#found.push({ offset, sentence });
  }

  /** `FILE:LINE:COLUMN` of an offset of the text, in UTF-16 units. */
  placeOf(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#file}:${line}:${col}`;
  }

  /** @throws WafError `config.invalid` with a line `FILE:LINE:COLUMN: …` for each problem, if there are any. */
  throwIfAny(): void {
    if (this.#found.length === 0) return;
    const sorted = this.#found.toSorted((a, b) => a.offset - b.offset);
    const sentences = sorted.map(({ offset, sentence }) => `${this.placeOf(offset)}: ${sentence}`);
    throw new WafError('config.invalid', sentences.join('\n'));
  }
}

/** The context of a value besides its node. */
interface Surroundings {
  /** Its name in messages, e.g. `limits.holdMsMax`. */
  readonly name: string;
  readonly problems: Problems;
  readonly targetOf: ParsedYaml['targetOf'];
  /** Its offset if it has no place of its own; in UTF-16 units. */
  readonly offset?: number;
}

/** A value of a file. A value of an unexpected type is recorded as a problem, and read as `undefined` or empty. */
export class ConfigNode {
  readonly #node: Node | null;
  readonly #surroundings: Surroundings;
  readonly #offset: number;

  /** @param node null for a missing value. */
  constructor(node: Node | null, surroundings: Surroundings) {
    this.#surroundings = surroundings;
    const isAbsent = node === null || (isScalar(node) && node.value === null);
    this.#offset = (isAbsent ? surroundings.offset : undefined) ?? node?.range?.[0] ?? 0;
    this.#node = (isAlias(node) ? surroundings.targetOf(node) : node) ?? null;
  }

  /** True for a missing value, as in `key:`. */
  get isEmpty(): boolean {
    return this.#node === null || (isScalar(this.#node) && this.#node.value === null);
  }

  /** `FILE:LINE:COLUMN`. */
  get place(): string {
    return this.#surroundings.problems.placeOf(this.#offset);
  }

  /** Records a problem with this value. */
  refuse(sentence: string): void {
    this.#surroundings.problems.add(this.#offset, sentence);
  }

  /** A text of at least one character. */
  text(): string | undefined {
    const value = this.#scalar();
    if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
    return this.#refuseKind('a text');
  }

  /** A text, possibly empty. */
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

  /** Entries of a non-empty list. */
  entries(): readonly ConfigNode[] {
    const { name } = this.#surroundings;
    if (!isSeq(this.#node) || this.#node.items.length === 0) {
      this.#refuseKind('a list with at least one entry');
      return [];
    }
    return this.#node.items.map((entry) => this.#child(entry as Node | null, `an entry of ${name}`, this.#offset));
  }

  /** Members of a mapping with keys chosen by the user, in order; none for a missing value. */
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

  /** A text, a number or a flag as written. */
  written(): string | undefined {
    const value = this.#scalar();
    if (typeof value === 'string') return this.text();
    if (!isScalar(this.#node) || value === null || value === undefined) return this.#refuseKind('a text');
    return this.#node.source ?? String(value);
  }

  /** Members of a mapping by key, in order. Keys that are not in `names` are recorded as problems and skipped. */
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
