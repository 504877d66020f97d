// Persistent collections (IP, GLOBAL, SESSION, …) in the memory of this process, limited in number and bytes: the least recently
// used is evicted. Knows no rule.

import type { Limits } from '../base/limits.ts';
import { type Clocks, machineClocks, PersistentCollection, StoredCollection } from './persistent-collection.ts';

/** Identifies a collection. */
export interface CollectionName {
  /** SecLang name, e.g. `IP`. */
  readonly collection: string;
  /** An address, a session id. */
  readonly key: string;
  /** Seconds without a change after which a new one loses its values. */
  readonly timeoutSeconds: number;
}

/** Collections by name and key. */
export class PersistentCollections {
  readonly #limits: Limits;
  readonly #clocks: Clocks;
  /** In order of use, the latest last. */
  readonly #byKey = new Map<string, StoredCollection>();
  #bytes = 0;
  #evictedBytes = 0;

  constructor(bounds: Limits, clocks: Clocks = machineClocks) {
    this.#limits = bounds;
    this.#clocks = clocks;
  }

  get count(): number {
    return this.#byKey.size;
  }

  /** Bytes of keys, names and values of all collections. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes evicted since the last call, without expired collections. */
  takeEvictedBytes(): number {
    const bytes = this.#evictedBytes;
    this.#evictedBytes = 0;
    return bytes;
  }

  /** The collection with this name and key; a new one if there is none, or it has expired. */
  open(name: CollectionName): PersistentCollection {
    const id = `${name.collection}\0${name.key}`;
    const known = this.#byKey.get(id);
    if (known !== undefined) this.#forget(id, known);
    const isNew = known === undefined || known.isExpired;
    const stored = isNew ? this.#create(id, name) : known;
    this.#byKey.set(id, stored);
    this.#bytes += stored.bytes;
    this.#makeRoom();
    return new PersistentCollection(stored, isNew);
  }

  /** A copy of what `open` would return: changes to it are not visible elsewhere. */
  peek(name: CollectionName): PersistentCollection {
    const id = `${name.collection}\0${name.key}`;
    const known = this.#byKey.get(id);
    const isNew = known === undefined || known.isExpired;
    return new PersistentCollection((isNew ? this.#create(id, name) : known).clone(), isNew);
  }

  #create(id: string, { key, timeoutSeconds }: CollectionName): StoredCollection {
    const stored: StoredCollection = new StoredCollection({
      id,
      key,
      namesMax: this.#limits.collectionNamesMax,
      timeoutMs: 1000 * timeoutSeconds,
      clocks: this.#clocks,
      onBytes: (change) => {
        // An evicted collection continues in the exchanges that use it, but no longer counts.
        if (this.#byKey.get(id) !== stored) return;
        this.#bytes += change;
        this.#makeRoom();
      },
    });
    return stored;
  }

  #forget(id: string, stored: StoredCollection): void {
    this.#byKey.delete(id);
    this.#bytes -= stored.bytes;
  }

  #makeRoom(): void {
    const { collectionsMax, collectionsBytesMax } = this.#limits;
    for (const [id, oldest] of this.#byKey) {
      if (this.#byKey.size <= collectionsMax && this.#bytes <= collectionsBytesMax) return;
      if (!oldest.isExpired) this.#evictedBytes += oldest.bytes;
      this.#forget(id, oldest);
    }
  }
}

const ofLimits = new WeakMap<Limits, PersistentCollections>();

/** The collections of this process for exchanges with these limits: the same limits object gives the same collections. */
export function collectionsOf(limits: Limits): PersistentCollections {
  const known = ofLimits.get(limits);
  if (known !== undefined) return known;
  const collections = new PersistentCollections(limits);
  ofLimits.set(limits, collections);
  return collections;
}
