// An image of plain values with parts among them that are made again when it is read: objects, lists, maps and sets keep who they
// are, so that what was one is one again. Knows no plan and no file.

import { deserialize, serialize } from 'node:v8';
import { WafError } from '../base/errors.ts';
import type { Recipe } from './recipe.ts';

/** Makes parts again, by name. */
export type Makers = Readonly<Record<string, (...of: never[]) => unknown>>;

/** In the order in which they are done: a part is made, or put to where it belongs. */
type Step = readonly [maker: string, of: unknown[]] | readonly [place: object, key: unknown, part: number];

interface Content {
  readonly root: unknown;
  readonly steps: readonly Step[];
}

/**
 * The image of a value, which is no part with a recipe itself.
 * @param recipeOf how a part is made again.
 * @throws WafError `internal` for a part that is neither plain nor has a recipe.
 */
export function toImage(value: unknown, recipeOf: (part: object) => Recipe | undefined): Uint8Array {
  const writer = new ImageWriter(recipeOf);
  const top = writer.plain([value]);
  return serialize({ root: top, steps: writer.steps } satisfies Content);
}

/** What an image holds. */
export interface OpenImage {
  /** The value; parts are missing until they are made. */
  readonly value: unknown;
  /** Makes them. Once. @throws what the makers throw. */
  readonly makeParts: (makers: Makers) => void;
}

/** Opens an image that is undamaged. @throws whatever there is to be thrown for other bytes. */
export function openImage(bytes: Uint8Array): OpenImage {
  const { root, steps } = deserialize(bytes) as Content;
  return {
    value: (root as readonly unknown[])[0],
    makeParts: (makers) => {
      const parts: unknown[] = [];
      for (const step of steps) {
        if (step.length === 2) parts.push((makers[step[0]] as (...of: unknown[]) => unknown)(...step[1]));
        else put(step[0], step[1], parts[step[2]]);
      }
    },
  };
}

function put(place: object, key: unknown, part: unknown): void {
  if (place instanceof Map) place.set(key, part);
  else (place as Record<string, unknown>)[key as string] = part;
}

class ImageWriter {
  readonly steps: Step[] = [];
  readonly #recipeOf: (part: object) => Recipe | undefined;
  readonly #copies = new Map<object, object>();
  readonly #parts = new Map<object, number>();
  #partCount = 0;

  constructor(recipeOf: (part: object) => Recipe | undefined) {
    this.#recipeOf = recipeOf;
  }

  /** What is written in place of a value; a part with a recipe leaves its place empty, and steps that fill it. */
  #written(value: unknown, place: object, key: unknown): unknown {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return value;
    const recipe = this.#recipeOf(value);
    if (recipe === undefined) return this.plain(value);
    this.steps.push([place, key, this.#partOf(value, recipe)]);
    return undefined;
  }

  #partOf(value: object, { maker, of }: Recipe): number {
    const known = this.#parts.get(value);
    if (known !== undefined) return known;
    this.steps.push([maker, this.plain(of) as unknown[]]);
    const part = this.#partCount;
    this.#partCount += 1;
    this.#parts.set(value, part);
    return part;
  }

  /** A copy without parts. */
  plain(value: object): object {
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    if (Array.isArray(value)) {
      const copy: unknown[] = [];
      this.#copies.set(value, copy);
      for (const [index, member] of value.entries()) copy.push(this.#written(member, copy, index));
      return copy;
    }
    if (value instanceof Map) return this.#map(value);
    if (value instanceof Set) return this.#set(value);
    if (ArrayBuffer.isView(value)) return value;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (typeof value === 'function' || (prototype !== Object.prototype && prototype !== null)) {
      throw new WafError('internal', `${value.constructor?.name ?? 'a part'} of a plan has no recipe`);
    }
    const copy: Record<string, unknown> = {};
    this.#copies.set(value, copy);
    for (const [name, member] of Object.entries(value)) copy[name] = this.#written(member, copy, name);
    return copy;
  }

  #map(value: ReadonlyMap<unknown, unknown>): object {
    const copy = new Map<unknown, unknown>();
    this.#copies.set(value, copy);
    for (const [key, member] of value) {
      assertPlainKey(key);
      copy.set(key, this.#written(member, copy, key));
    }
    return copy;
  }

  #set(value: ReadonlySet<unknown>): object {
    for (const member of value) assertPlainKey(member);
    const copy = new Set(value);
    this.#copies.set(value, copy);
    return copy;
  }
}

function assertPlainKey(key: unknown): void {
  if (typeof key === 'object' || typeof key === 'function') {
    throw new WafError('internal', 'a map or set of a plan has keys that are no plain values');
  }
}
