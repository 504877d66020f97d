// Collections that outlive an exchange (IP, GLOBAL, SESSION, …), in the memory of this process, bounded: the one unused
// for longest gives way. Knows no rule.

import { type Limits, limits } from '../base/limits.ts';
import { Collection } from './collection.ts';

/** Collections by name and key. */
export class PersistentCollections {
  readonly #limits: Limits;
  /** In order of use, the latest last. */
  readonly #byKey = new Map<string, Collection>();

  constructor(bounds: Limits = limits) {
    this.#limits = bounds;
  }

  get count(): number {
    return this.#byKey.size;
  }

  /** The collection `name` of `key` (an address, a session id), made when it does not exist. */
  open(name: string, key: string): Collection {
    const id = `${name}\0${key}`;
    const known = this.#byKey.get(id);
    const collection = known ?? new Collection(this.#limits.collectionNamesMax);
    this.#byKey.delete(id);
    this.#byKey.set(id, collection);
    if (this.#byKey.size > this.#limits.collectionsMax) {
      const [oldest] = this.#byKey.keys();
      if (oldest !== undefined) this.#byKey.delete(oldest);
    }
    return collection;
  }

  /** A collection that nobody else sees and that ends with the exchange. */
  detached(): Collection {
    return new Collection(this.#limits.collectionNamesMax);
  }
}

/** The collections of this process. */
export const processCollections = new PersistentCollections();
