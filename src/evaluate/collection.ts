// Named values that rules set and read: TX, and collections that outlive an exchange. Names ignore ASCII case (they come
// in lower case); numbers are kept as numbers until somebody reads text.

import { leadingInteger } from '../plan/value-operator.ts';

/** One collection, bounded in names. */
export class Collection {
  readonly #namesMax: number;
  readonly #values: Map<string, string | number>;

  constructor(namesMax: number, values?: ReadonlyMap<string, string | number>) {
    this.#namesMax = namesMax;
    this.#values = new Map(values);
  }

  /** The value as text; `undefined` when the name is not set. */
  get(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'number' ? String(value) : value;
  }

  /** The value as a number; 0 when the name is not set or holds no number. */
  number(name: string): number {
    const value = this.#values.get(name);
    return typeof value === 'number' ? value : leadingInteger(value ?? '');
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Sets a value. Returns false when there is no room for another name. */
  set(name: string, value: string | number): boolean {
    if (this.#values.size >= this.#namesMax && !this.#values.has(name)) return false;
    this.#values.set(name, value);
    return true;
  }

  delete(name: string): void {
    this.#values.delete(name);
  }

  /** Names and values, in the order in which they were first set. */
  *entries(): Generator<readonly [name: string, value: string]> {
    for (const [name, value] of this.#values) yield [name, String(value)];
  }

  /** A copy that can be changed without changing this one. */
  copy(): Collection {
    return new Collection(this.#namesMax, this.#values);
  }
}
