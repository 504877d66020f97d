// The text of a configuration file → a tree of plain values with the place of each, after substitution from the environment.
// Knows no setting.

import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { constants } from '../base/constants.ts';
import { asWafError } from '../base/errors.ts';
import type { Location } from '../seclang/ast.ts';
import { type ParsedYaml, parseYaml } from '../yaml/parse-yaml.ts';
import { type Environment, substitute } from './environment.ts';
import { Problems } from './problems.ts';

/** Keys and indexes from the root to a value. */
export type ValuePath = readonly (string | number)[];

/** What is known about one value. */
interface Place {
  /** Offset of the value, or of its key if it has no place of its own; in UTF-16 units. */
  readonly offset: number;
  readonly keyOffset: number;
  /** Environment variables that contributed to it. */
  readonly variables: readonly string[];
  /** The text after substitution, if it was read as a number or a flag. */
  readonly text?: string;
}

const root: Place = { offset: 0, keyOffset: 0, variables: [] };

/** A parsed file. If it is not YAML, or is too large, it has problems and its tree is empty. */
export class YamlSource {
  readonly problems: Problems;
  /** Mappings as objects, lists as arrays, scalars; undefined if the file is empty. */
  readonly tree: unknown;
  readonly #targetOf: ParsedYaml['targetOf'];
  readonly #environment: Environment;
  readonly #places = new Map<string, Place>();
  #count = 0;
  #isTooMuch = false;

  /** @param file its name in messages. */
  constructor(file: string, text: string, environment: Environment) {
    const { document, lines, targetOf } = parseYaml(text);
    this.#environment = environment;
    this.#targetOf = targetOf;
    this.problems = new Problems(file, lines);
    for (const { code, pos, message } of [...document.errors, ...document.warnings]) {
      this.problems.add(pos[0], code === 'MULTIPLE_DOCS' ? 'a second document: a file must contain only one' : message);
    }
    const contents = document.contents as Node | null;
    const tree = document.errors.length > 0 ? undefined : this.#read(contents, [], root);
    this.tree = this.#isTooMuch ? undefined : tree;
  }

  /** Records a problem with a value, or with its parent if it is missing. */
  refuse(path: ValuePath, sentence: string): void {
    this.problems.add(this.#place(path).offset, sentence);
  }

  /** Records a problem with the key of a value. */
  refuseKey(path: ValuePath, sentence: string): void {
    this.problems.add(this.#place(path).keyOffset, sentence);
  }

  /** `FILE:LINE:COLUMN` of a value in the file; undefined if it is not there. */
  placeOf(path: ValuePath): string | undefined {
    const place = this.#places.get(keyOf(path));
    return place === undefined ? undefined : this.problems.placeOf(place.offset);
  }

  /** The location of the key of a value. */
  keyLocationOf(path: ValuePath): Location {
    return this.problems.locationOf(this.#place(path).keyOffset);
  }

  /** The location of a value, or of its parent if it is missing. */
  locationOf(path: ValuePath): Location {
    return this.problems.locationOf(this.#place(path).offset);
  }

  /** Environment variables that contributed to a value. */
  variablesOf(path: ValuePath): readonly string[] {
    return this.#place(path).variables;
  }

  /** The text of a substituted value that looks like a number or a flag, for where a text is expected. */
  textOf(path: ValuePath): string | undefined {
    return this.#place(path).text;
  }

  #place(path: ValuePath): Place {
    for (let length = path.length; length > 0; length -= 1) {
      const found = this.#places.get(keyOf(path.slice(0, length)));
      if (found !== undefined) return found;
    }
    return root;
  }

  #read(given: Node | null, path: ValuePath, { keyOffset }: Pick<Place, 'keyOffset'>): unknown {
    const isAbsent = given === null || (isScalar(given) && given.value === null);
    const offset = isAbsent ? keyOffset : (given.range?.[0] ?? keyOffset);
    if (path.length > 0) this.#places.set(keyOf(path), { offset, keyOffset, variables: [] });
    this.#count += 1;
    if (path.length > constants.configDepthMax || this.#count > constants.configValuesMax) {
      this.#isTooMuch = true;
      this.problems.add(offset, 'values are nested too deeply, or an alias creates too many of them');
      return undefined;
    }
    const node = isAlias(given) ? (this.#targetOf(given) ?? null) : given;
    if (node === null && isAlias(given)) {
      this.problems.add(offset, `there is no anchor &${given.source} before *${given.source}`);
      return undefined;
    }
    if (isMap<Node, Node | null>(node)) return this.#readMap(node.items, path, offset);
    if (isSeq<Node | null>(node)) {
      return node.items.map((entry, index) => this.#read(entry, [...path, index], { keyOffset: offset }));
    }
    return isScalar(node) ? this.#readScalar(node.value, path, { offset, keyOffset }) : undefined;
  }

  #readMap(
    pairs: readonly { readonly key: Node; readonly value: Node | null }[],
    path: ValuePath,
    offset: number,
  ): object {
    const entries: [string, unknown][] = [];
    for (const { key, value } of pairs) {
      const keyOffset = key.range?.[0] ?? offset;
      if (!isScalar(key)) {
        this.problems.add(keyOffset, 'a key must be a text');
        continue;
      }
      const name = String(key.value);
      entries.push([name, this.#read(value, [...path, name], { keyOffset })]);
    }
    // Own properties, so that a key `__proto__` is an ordinary one.
    return Object.fromEntries(entries);
  }

  #readScalar(value: unknown, path: ValuePath, { offset, keyOffset }: Omit<Place, 'variables'>): unknown {
    if (typeof value !== 'string' || !value.includes('${')) return value;
    try {
      const { text, given, isWhole } = substitute(value, this.#environment);
      const read: unknown = isWhole && text !== '' ? scalarOf(text) : text;
      const place = { offset, keyOffset, variables: given };
      this.#places.set(keyOf(path), typeof read === 'string' ? place : { ...place, text });
      return read;
    } catch (thrown) {
      this.problems.add(offset, asWafError(thrown).message);
      return undefined;
    }
  }
}

const keyOf = (path: ValuePath): string => JSON.stringify(path);

/** Only what YAML would read as a number or a flag becomes one; all else stays text. */
function scalarOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?$/.test(text) ? Number(text) : text;
}
