// Named values that rules set and read: TX, and collections that outlive an exchange. Names ignore ASCII case (they come
// in lower case); numbers are kept as numbers until somebody reads text.

import { memoryCosts } from '../inspect/memory.ts';
import { numberOf } from '../plan/value-operator.ts';

/** Decides whether a name is selected. */
export interface NameFilter {
  readonly accepts: (name: string) => boolean;
}

/** Names of a base that a filter accepts: worked out once, since neither ever changes. */
const acceptedNames = new WeakMap<ReadonlyMap<string, unknown>, WeakMap<NameFilter, readonly string[]>>();

function acceptedIn(base: ReadonlyMap<string, unknown>, filter: NameFilter): readonly string[] {
  const byFilter = acceptedNames.get(base) ?? new WeakMap<NameFilter, readonly string[]>();
  acceptedNames.set(base, byFilter);
  const known = byFilter.get(filter) ?? [...base.keys()].filter(filter.accepts);
  byFilter.set(filter, known);
  return known;
}

const digitsEnds = new WeakMap<ReadonlyMap<string, unknown>, number>();

/** The number behind the last digit that is a name in a base; 0: none is. */
function digitsEndOf(base: ReadonlyMap<string, unknown>): number {
  let end = digitsEnds.get(base);
  if (end === undefined) {
    end = digits.findLastIndex((digit) => base.has(digit)) + 1;
    digitsEnds.set(base, end);
  }
  return end;
}

/** Named values that rules set and read. */
export interface NamedValues {
  /** The value as text; `undefined` when the name is not set. */
  get(name: string): string | undefined;
  /** The value as a number; 0 when the name is not set or holds no number. */
  number(name: string): number;
  has(name: string): boolean;
  /** Sets a value. Returns false when there is no room for another name. */
  set(name: string, value: string | number): boolean;
  delete(name: string): void;
  /** Names and values, in order. */
  entries(): Generator<readonly [name: string, value: string]>;
  /** As `entries`, of names that a filter accepts. The filter must always give the same answer. */
  entriesOf(filter: NameFilter): Generator<readonly [name: string, value: string]>;
  /** A copy that can be changed without changing this one. */
  copy(): NamedValues;
}

/** Names that were unset at some time, and those that are set since, in order: who unsets the ones and sets the others has the same. */
export interface NotedChanges {
  readonly unset: Set<string>;
  readonly set: Set<string>;
}

/**
 * Changes of a collection at some moment. They stay as they are: a collection that has them copies them before it makes another.
 */
export interface CollectionChanges {
  readonly base: ReadonlyMap<string, string | number>;
  /** `undefined` for a name of the base that was deleted. */
  readonly changed: ReadonlyMap<string, string | number | undefined>;
  /** Bytes of the names and texts in `changed`. */
  readonly bytes: number;
  /** Digits below this one may be names that are set. */
  readonly digitsEnd: number;
}

const noneOf = new WeakMap<ReadonlyMap<string, unknown>, CollectionChanges>();

/** No changes of a base: the same for all who have it. */
function noChanges(base: ReadonlyMap<string, string | number>): CollectionChanges {
  let none = noneOf.get(base);
  if (none === undefined) {
    none = { base, changed: new Map(), bytes: 0, digitsEnd: digitsEndOf(base) };
    noneOf.set(base, none);
  }
  return none;
}

/** What a collection begins with that begins with nothing. */
const nothing: ReadonlyMap<string, string | number> = new Map();

/** Bounds of a collection. Names and texts count in bytes; numbers, which have a size of their own, do not. */
export interface CollectionBounds {
  readonly namesMax: number;
  readonly bytesMax: number;
}

/** Single digits as names: `TX.0` to `TX.9`. */
const digits = [...'0123456789'];

/** One collection, bounded in names and bytes. What it begins with does not count: it was written by a rule, not by a client. */
export class Collection implements NamedValues {
  readonly #bounds: CollectionBounds;
  /** Values from before the first change, shared with others. */
  #base: ReadonlyMap<string, string | number>;
  /** As in `CollectionChanges`. Nobody else's once `#shared` is undefined. */
  #changed: Map<string, string | number | undefined>;
  /** The changes while others have them too, or none were made. */
  #shared: CollectionChanges | undefined;
  #noted: NotedChanges | undefined;
  /** Bytes of the names and texts in `#changed`. */
  #bytes = 0;
  /** Digits below this one may be names that were set: most captures have one group, and leave nothing to unset after it. */
  #digitsEnd = 0;

  /** @param base values to begin with; borrowed and never changed. */
  constructor(bounds: CollectionBounds, base: ReadonlyMap<string, string | number> = nothing) {
    this.#bounds = bounds;
    const none = noChanges(base);
    this.#base = base;
    this.#changed = none.changed as Map<string, string | number | undefined>;
    this.#shared = none;
    this.#digitsEnd = none.digitsEnd;
  }

  /** The value as it is kept: a number that nobody asked for as text stays one. `undefined` when the name is not set. */
  value(name: string): string | number | undefined {
    return this.#value(name);
  }

  /** Whether nothing was changed yet. */
  get isUnchanged(): boolean {
    return this.#changed.size === 0;
  }

  /** What it began with, or was rebased to. Borrowed. */
  get base(): ReadonlyMap<string, string | number> {
    return this.#base;
  }

  /** Has changes from now on noted; `undefined`: no longer. */
  noteChanges(changes: NotedChanges | undefined): void {
    this.#noted = changes;
  }

  /** About what the changes take in memory, bytes. */
  get memoryBytes(): number {
    return this.#bytes + memoryCosts.variable * this.#changed.size;
  }

  /** Takes other values to begin with, as if it had been made with them. False when it was changed already: then it stays. */
  rebase(base: ReadonlyMap<string, string | number>): boolean {
    if (this.#changed.size > 0) return false;
    this.adopt(noChanges(base));
    return true;
  }

  /** The changes so far, to be adopted by another that had the same before. The same object until the next change. */
  share(): CollectionChanges {
    this.#shared ??= {
      base: this.#base,
      changed: this.#changed,
      bytes: this.#bytes,
      digitsEnd: this.#digitsEnd,
    };
    return this.#shared;
  }

  /** The changes while they are those that were shared or adopted last; undefined after another change. */
  get shared(): CollectionChanges | undefined {
    return this.#shared;
  }

  /** Takes other changes for its own. Costs nothing, however many they are. */
  adopt(changes: CollectionChanges): void {
    this.#base = changes.base;
    this.#changed = changes.changed as Map<string, string | number | undefined>;
    this.#bytes = changes.bytes;
    this.#digitsEnd = changes.digitsEnd;
    this.#shared = changes;
  }

  /** Before a change: what others have too is copied. */
  #own(): void {
    if (this.#shared === undefined) return;
    this.#changed = new Map(this.#changed);
    this.#shared = undefined;
  }

  /** The value as text; `undefined` when the name is not set. */
  get(name: string): string | undefined {
    const value = this.#value(name);
    return typeof value === 'number' ? String(value) : value;
  }

  /** The value as a number; 0 when the name is not set or holds no number. */
  number(name: string): number {
    return numberOf(this.#value(name));
  }

  has(name: string): boolean {
    return this.#value(name) !== undefined;
  }

  /** Sets a value. Returns false, and changes nothing, when there is no room for it. A number under a known name always has room. */
  set(name: string, value: string | number): boolean {
    const isKnown = this.#changed.has(name);
    if (!isKnown && this.#changed.size >= this.#bounds.namesMax) return false;
    const growth = this.#costOf(name, value) - (isKnown ? this.#costOf(name, this.#changed.get(name)) : 0);
    if (growth > 0 && this.#bytes + growth > this.#bounds.bytesMax) return false;
    this.#own();
    this.#bytes += growth;
    this.#changed.set(name, value);
    this.#noted?.set.add(name);
    if (name.length === 1 && name >= '0' && name <= '9') this.#digitsEnd = Math.max(this.#digitsEnd, Number(name) + 1);
    return true;
  }

  /** Unsets the names that are a digit, from this one on. */
  deleteDigits(from: number): void {
    for (let digit = from; digit < this.#digitsEnd; digit += 1) this.delete(digits[digit] as string);
    if (this.#digitsEnd <= from) return;
    this.#own();
    this.#digitsEnd = Math.max(from, digitsEndOf(this.#base));
  }

  delete(name: string): void {
    this.#noted?.unset.add(name);
    this.#noted?.set.delete(name);
    if (!this.#changed.has(name) && !this.#base.has(name)) return;
    this.#own();
    if (this.#changed.has(name)) this.#bytes -= this.#costOf(name, this.#changed.get(name));
    if (this.#base.has(name)) this.#changed.set(name, undefined);
    else this.#changed.delete(name);
  }

  /** Names and values: those that were there at the start first, each in the order in which they were first set. */
  *entries(): Generator<readonly [name: string, value: string]> {
    for (const name of this.#base.keys()) {
      const value = this.#value(name);
      if (value !== undefined) yield [name, String(value)];
    }
    for (const [name, value] of this.#changed) {
      if (value !== undefined && !this.#base.has(name)) yield [name, String(value)];
    }
  }

  /** As `entries`, of names that a filter accepts. The filter must always give the same answer. */
  *entriesOf(filter: NameFilter): Generator<readonly [name: string, value: string]> {
    for (const name of acceptedIn(this.#base, filter)) {
      const value = this.#value(name);
      if (value !== undefined) yield [name, String(value)];
    }
    for (const [name, value] of this.#changed) {
      if (value !== undefined && !this.#base.has(name) && filter.accepts(name)) yield [name, String(value)];
    }
  }

  /** Whether it has a name that a filter accepts. */
  hasOneOf(filter: NameFilter): boolean {
    for (const name of acceptedIn(this.#base, filter)) if (this.#value(name) !== undefined) return true;
    for (const [name, value] of this.#changed) if (value !== undefined && filter.accepts(name)) return true;
    return false;
  }

  /** A copy that can be changed without changing this one. */
  copy(): Collection {
    const copy = new Collection(this.#bounds, this.#base);
    copy.adopt(this.share());
    return copy;
  }

  #costOf(name: string, value: string | number | undefined): number {
    return (this.#base.has(name) ? 0 : name.length) + (typeof value === 'string' ? value.length : 0);
  }

  #value(name: string): string | number | undefined {
    const changed = this.#changed.get(name);
    if (changed !== undefined) return changed;
    return this.#changed.has(name) ? undefined : this.#base.get(name);
  }
}
