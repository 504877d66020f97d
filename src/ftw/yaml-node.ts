// A YAML node with its location: typed access with errors that name file and line. Does not know what the file is for.

import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { WafError } from '../base/errors.ts';
import { type ParsedYaml, parseYaml } from '../yaml/parse-yaml.ts';

interface Source extends Pick<ParsedYaml, 'lines' | 'targetOf'> {
  readonly file: string;
}

/** A value of a YAML file. Its methods throw WafError `config.invalid`, "FILE:LINE: …", if it does not have the expected type. */
export class YamlNode {
  readonly #source: Source;
  readonly #node: Node | null;
  /** The name of the value in errors, e.g. `input.headers`. */
  readonly #name: string;
  /** 1-based. */
  readonly line: number;

  private constructor(source: Source, node: unknown, place: { readonly name: string; readonly line: number }) {
    this.#source = source;
    const target = isAlias(node) ? source.targetOf(node) : (node as Node | null);
    this.#node = target ?? null;
    this.#name = place.name;
    const offset = (node as Node | null)?.range?.[0];
    this.line = offset === undefined ? place.line : source.lines.linePos(offset).line;
  }

  /**
   * The root of a YAML text; `file` is its name in errors.
   * @throws WafError `config.invalid` with file and line for a text that is not YAML.
   */
  static parse(text: string, file: string): YamlNode {
    const { document, lines, targetOf } = parseYaml(text);
    const [error] = document.errors;
    if (error !== undefined) {
      const at = lines.linePos(error.pos[0]).line;
      throw new WafError('config.invalid', `${file}:${at}: ${error.message.split('\n')[0]}`, { cause: error });
    }
    return new YamlNode({ file, lines, targetOf }, document.contents, { name: 'the file', line: 1 });
  }

  /** True for a missing value, as in `key:`. */
  get isEmpty(): boolean {
    return this.#node === null || (isScalar(this.#node) && this.#node.value === null);
  }

  /** Throws an error with this value's file and line. */
  fail(sentence: string): never {
    throw new WafError('config.invalid', `${this.#source.file}:${this.line}: ${sentence}`);
  }

  /** Members of a mapping by key, in order; an empty value reads as a mapping without members. */
  members(): ReadonlyMap<string, YamlNode> {
    const members = new Map<string, YamlNode>();
    if (this.isEmpty) return members;
    if (!isMap(this.#node)) this.fail(`${this.#name} must be a mapping`);
    for (const { key, value } of this.#node.items) {
      const keyNode = this.#child(key, 'a key');
      const name = keyNode.text();
      members.set(name, new YamlNode(this.#source, value, { name, line: keyNode.line }));
    }
    return members;
  }

  /** The members; a key that is not in `known` is an error. */
  membersOf(known: readonly string[]): ReadonlyMap<string, YamlNode> {
    const members = this.members();
    for (const [key, value] of members) {
      if (!known.includes(key)) value.fail(`${this.#name} has no member "${key}"; it may have ${known.join(', ')}`);
    }
    return members;
  }

  /** Entries of a list; an empty value reads as an empty list. */
  entries(): readonly YamlNode[] {
    if (this.isEmpty) return [];
    if (!isSeq(this.#node)) this.fail(`${this.#name} must be a list`);
    return this.#node.items.map((entry) => this.#child(entry, `an entry of ${this.#name}`));
  }

  /** A scalar as the byte string of its UTF-8 text; numbers and booleans as written; '' for an empty value. */
  text(): string {
    if (this.isEmpty) return '';
    if (!isScalar(this.#node)) this.fail(`${this.#name} must be a text`);
    const { value, source } = this.#node;
    return Buffer.from(typeof value === 'string' ? value : (source ?? String(value)), 'utf8').toString('latin1');
  }

  /** A whole number from 0 up. */
  count(): number {
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      this.fail(`${this.#name} must be a whole number`);
    }
    return value;
  }

  /** `true` or `false`. */
  flag(): boolean {
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    if (typeof value !== 'boolean') this.fail(`${this.#name} must be true or false`);
    return value;
  }

  #child(node: unknown, name: string): YamlNode {
    return new YamlNode(this.#source, node, { name, line: this.line });
  }
}
