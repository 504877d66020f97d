// A configuration of Envoy for lint: messages are found by type wherever they are, fields by either spelling, with their location
// in the file. A bootstrap, a single listener, and what a mesh patches in can therefore be read in the same way.

import { type Document, isAlias, isCollection, isNode } from 'yaml';
import { WafError } from '../base/errors.ts';
import { type ParsedYaml, parseYaml } from '../yaml/parse-yaml.ts';

/** Keys and indexes from the root of the file to a value. */
export type Path = readonly (string | number)[];

/** A message (a mapping) with its location. */
export interface Placed {
  readonly path: Path;
  readonly value: Message;
}

/** A mapping of the file. */
export type Message = Readonly<Record<string, unknown>>;

/** The largest file that is read; a bootstrap has a few KiB, a dump of a large mesh a few MiB. */
const fileBytesMax = 32 * 1024 * 1024;
/** Maximum values visited, because aliases can multiply. */
const valuesMax = 2_000_000;
const depthMax = 200;

const camelCase = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Whether a value is a mapping. */
export const isMessage = (value: unknown): value is Message =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The field of a message by its name in the `.proto` file, which JSON may spell in camel case; `undefined` when absent. */
export function field(message: unknown, name: string): unknown {
  if (!isMessage(message)) return undefined;
  return message[name] ?? message[camelCase(name)];
}

/** Follows names from a message. */
export function fieldAt(message: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>(field, message);
}

/** A list, or an empty one if the value is not a list. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A number, which JSON can write as a text; `undefined` if it is not one. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A duration (`1.5s`) in milliseconds; `undefined` if it is not one. */
export function millisecondsOf(value: unknown): number | undefined {
  const seconds = typeof value === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(value)?.[1] : undefined;
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}

/** One configuration file. */
export class EnvoyView {
  readonly #yaml: ParsedYaml;
  /** Messages with an `@type`, by the last part of its name. */
  readonly #byType = new Map<string, Placed[]>();
  /** All messages, in the order of the file. */
  readonly messages: readonly Placed[];

  /** @throws WafError `config.invalid`, with `FILE:LINE:COLUMN`, if it is neither YAML nor JSON. */
  constructor(text: string, file: string) {
    if (text.length > fileBytesMax) throw new WafError('config.invalid', `${file}: larger than ${fileBytesMax} bytes`);
    this.#yaml = yamlOf(text, file);
    const messages: Placed[] = [];
    const root = plainValueOf(this.#yaml.document, file);
    let count = 0;
    const visit = (value: unknown, path: Path): void => {
      count += 1;
      if (count > valuesMax || path.length > depthMax) {
        throw new WafError('config.invalid', `${file}: more than ${valuesMax} values, or nested over ${depthMax} deep`);
      }
      if (Array.isArray(value)) for (const [index, one] of value.entries()) visit(one, [...path, index]);
      else if (isMessage(value)) {
        const placed = { path, value };
        messages.push(placed);
        this.#note(placed);
        for (const [key, one] of Object.entries(value)) visit(one, [...path, key]);
      }
    };
    visit(root, []);
    if (!isMessage(root) && !Array.isArray(root)) {
      throw new WafError('config.invalid', `${file}:1:1: a configuration of Envoy is a mapping`);
    }
    this.messages = messages;
  }

  /** Messages of a type, such as `ExternalProcessor`. */
  ofType(name: string): readonly Placed[] {
    return this.#byType.get(name) ?? [];
  }

  /** Messages that enclose a place, the nearest first. */
  around(path: Path): readonly Placed[] {
    return this.messages
      .filter((one) => one.path.length < path.length && one.path.every((key, index) => key === path[index]))
      .toReversed();
  }

  /** Clusters, by name. */
  get clusters(): ReadonlyMap<string, Placed> {
    const isCluster = ({ path }: Placed): boolean => path.at(-2) === 'clusters' || path.at(-1) === 'cluster';
    const typed = this.ofType('Cluster');
    const all = [...this.messages.filter(isCluster), ...typed];
    return new Map(all.flatMap((one) => (typeof one.value.name === 'string' ? [[one.value.name, one]] : [])));
  }

  /** Line and column of a value, from 1; if it is not in the file, of the nearest enclosing value. */
  placeOf(path: Path): { readonly line: number; readonly column: number } {
    let node: unknown = this.#yaml.document.contents;
    let offset = 0;
    for (const key of path) {
      if (isAlias(node)) node = this.#yaml.targetOf(node);
      if (!isCollection(node)) break;
      node = node.get(key, true) ?? (typeof key === 'string' ? node.get(camelCase(key), true) : undefined);
      if (!isNode(node)) break;
      offset = node.range?.[0] ?? offset;
    }
    const { line, col } = this.#yaml.lines.linePos(offset);
    return { line, column: col };
  }

  #note(placed: Placed): void {
    const url = placed.value['@type'];
    const name = typeof url === 'string' ? url.split('.').at(-1) : undefined;
    if (name === undefined) return;
    const known = this.#byType.get(name);
    if (known === undefined) this.#byType.set(name, [placed]);
    else known.push(placed);
  }
}

function yamlOf(text: string, file: string): ParsedYaml {
  const yaml = parseYaml(text);
  const [error] = yaml.document.errors;
  if (error === undefined) return yaml;
  const { line, col } = yaml.lines.linePos(error.pos[0]);
  throw new WafError('config.invalid', `${file}:${line}:${col}: ${error.message}`);
}

/** @throws WafError `config.invalid` if aliases expand to more than the parser allows. */
function plainValueOf(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (thrown) {
    throw new WafError('config.invalid', `${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}
