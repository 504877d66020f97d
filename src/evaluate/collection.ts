// Named values that rules set and read: TX, and persistent collections. Names ignore ASCII case (they come in lower case);
// numbers stay numbers until they are read as text.

import { memoryCosts } from '../inspect/memory.ts';
import { numberOf } from '../plan/value-operator.ts';

/** Decides whether a name is selected. */
export interface NameFilter {
  readonly accepts: (name: string) => boolean;
}

/** Names of a base that a filter accepts: computed once, because neither changes. */
const acceptedNames = new WeakMap<ReadonlyMap<string, unknown>, WeakMap<NameFilter, readonly string[]>>();

function acceptedIn(base: ReadonlyMap<string, unknown>, filter: NameFilter): readonly string[] {
  const byFilter = acceptedNames.get(base) ?? new WeakMap<NameFilter, readonly string[]>();
  acceptedNames.set(base, byFilter);
  const known = byFilter.get(filter) ?? [...base.keys()].filter(filter.accepts);
  byFilter.set(filter, known);
  return known;
}

const digitsEnds = new WeakMap<ReadonlyMap<string, unknown>, number>();

/** One more than the largest digit that is a name in a base; 0: there is none. */
function digitsEndOf(base: ReadonlyMap<string, unknown>): number {
  let end = digitsEnds.get(base);
  if (end === undefined) {
    end = digits.findLastIndex((digit) => base.has(digit)) + 1;
    digitsEnds.set(base, end);
  }
  return end;
}

/** Named values that rules set and read. */
export abstract class NamedValues {
  /** The value as stored: a number that was not read as text is still a number. `undefined` if the name is not set. */
  abstract value(name: string): string | number | undefined;

  /** The value as text; `undefined` if the name is not set. */
  get(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === 'number' ? String(value) : value;
  }

  /** The value as a number; 0 if the name is not set or contains no number. */
  number(name: string): number {
    return numberOf(this.value(name));
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  /** Sets a value. Returns false if there is no room for another name. */
  abstract set(name: string, value: string | number): boolean;
  abstract delete(name: string): void;
  /** Names and values, in order. */
  abstract entries(): Generator<readonly [name: string, value: string]>;
  /** Like `entries`, for names that a filter accepts. The filter must always give the same result. */
  abstract entriesOf(filter: NameFilter): Generator<readonly [name: string, value: string]>;
  /** A copy that can be changed without changing this one. */
  abstract copy(): NamedValues;
}

/** Names that were unset, and names set since, in order: unsetting the former and setting the latter gives the same collection. */
export interface NotedChanges {
  readonly unset: Set<string>;
  readonly set: Set<string>;
}

/**
 * The changes of a collection at some moment. They are immutable: a collection copies shared changes before it makes another one.
 */
export interface CollectionChanges {
  readonly base: ReadonlyMap<string, string | number>;
  /** `undefined` for a name of the base that was deleted. */
  readonly changed: ReadonlyMap<string, string | number | undefined>;
  /** Bytes of the names and texts in `changed`. */
  readonly bytes: number;
  /** Digits below this one may be set. */
  readonly digitsEnd: number;
}

const noneOf = new WeakMap<ReadonlyMap<string, unknown>, CollectionChanges>();

/** No changes of a base: the same object for all collections with this base. */
function noChanges(base: ReadonlyMap<string, string | number>): CollectionChanges {
  let none = noneOf.get(base);
  if (none === undefined) {
    none = { base, changed: new Map(), bytes: 0, digitsEnd: digitsEndOf(base) };
    noneOf.set(base, none);
  }
  return none;
}

/** The initial values of an empty collection. */
const nothing: ReadonlyMap<string, string | number> = new Map();

/** Limits of a collection. Names and texts count in bytes; numbers have a fixed size and do not count. */
export interface CollectionBounds {
  readonly namesMax: number;
  readonly bytesMax: number;
}

/** Single digits as names: `TX.0` to `TX.9`. */
const digits = [...'0123456789'];

/** One collection, limited in names and bytes. Its initial values do not count, because rules wrote them, not clients. */
export class Collection extends NamedValues {
  readonly #bounds: CollectionBounds;
  /** Initial values, shared with others. */
  #base: ReadonlyMap<string, string | number>;
  /** As in `CollectionChanges`. */
  #changed: Map<string, string | number | undefined>;
  /** Others have `#changed` too: it is copied before a change. */
  #isShared = true;
  /** The changes as they were adopted or shared; undefined after another change. */
  #shared: CollectionChanges | undefined;
  #noted: NotedChanges | undefined;
  /** Bytes of the names and texts in `#changed`. */
  #bytes = 0;
  /** Digits below this one may be set: most captures have one group, and nothing after it has to be unset. */
  #digitsEnd = 0;

  /** @param base initial values; borrowed and never changed. */
  constructor(bounds: CollectionBounds, base: ReadonlyMap<string, string | number> = nothing) {
    super();
    this.#bounds = bounds;
    const none = noChanges(base);
    this.#base = base;
    this.#changed = none.changed as Map<string, string | number | undefined>;
    this.#shared = none;
    this.#digitsEnd = none.digitsEnd;
  }

  value(name: string): string | number | undefined {
    const changed = this.#changed.get(name);
    if (changed !== undefined) return changed;
    return this.#changed.has(name) ? undefined : this.#base.get(name);
  }

  /** Whether nothing was changed yet. */
  get isUnchanged(): boolean {
    return this.#changed.size === 0;
  }

  /** Its initial values, or those of the last rebase. Borrowed. */
  get base(): ReadonlyMap<string, string | number> {
    return this.#base;
  }

  /** Starts to record changes; `undefined`: stops. */
  noteChanges(changes: NotedChanges | undefined): void {
    this.#noted = changes;
  }

  /** Approximate memory of the changes, bytes. */
  get memoryBytes(): number {
    return this.#bytes + memoryCosts.variable * this.#changed.size;
  }

  /** Replaces the initial values. Returns false, without effect, if it was already changed. */
  rebase(base: ReadonlyMap<string, string | number>): boolean {
    if (this.#changed.size > 0) return false;
    this.adopt(noChanges(base));
    return true;
  }

  /** The changes so far, for another collection that had the same changes before to adopt. The same object until the next change. */
  share(): CollectionChanges {
    this.#isShared = true;
    this.#shared ??= {
      base: this.#base,
      changed: this.#changed,
      bytes: this.#bytes,
      digitsEnd: this.#digitsEnd,
    };
    return this.#shared;
  }

  /** The changes last shared or adopted; undefined after another change, also in a copy. */
  get shared(): CollectionChanges | undefined {
    return this.#shared;
  }

  /** Replaces its changes by others. The cost does not depend on their number. */
  adopt(changes: CollectionChanges): void {
    this.#base = changes.base;
    this.#changed = changes.changed as Map<string, string | number | undefined>;
    this.#bytes = changes.bytes;
    this.#digitsEnd = changes.digitsEnd;
    this.#isShared = true;
    this.#shared = changes;
  }

  /** Called before a change: copies shared changes. */
  #own(): void {
    if (!this.#isShared) return;
    this.#changed = new Map(this.#changed);
    this.#isShared = false;
    this.#shared = undefined;
  }

  /** Sets a value. Returns false, without effect, if there is no room. A number under a known name always has room. */
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

  /** Unsets the names that are a digit, starting with this one. */
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

  /** Names and values: initial ones first, each group in the order in which they were first set. */
  *entries(): Generator<readonly [name: string, value: string]> {
    for (const name of this.#base.keys()) {
      const value = this.value(name);
      if (value !== undefined) yield [name, String(value)];
    }
    for (const [name, value] of this.#changed) {
      if (value !== undefined && !this.#base.has(name)) yield [name, String(value)];
    }
  }

  /** Like `entries`, for names that a filter accepts. The filter must always give the same result. */
  *entriesOf(filter: NameFilter): Generator<readonly [name: string, value: string]> {
    for (const name of acceptedIn(this.#base, filter)) {
      const value = this.value(name);
      if (value !== undefined) yield [name, String(value)];
    }
    for (const [name, value] of this.#changed) {
      if (value !== undefined && !this.#base.has(name) && filter.accepts(name)) yield [name, String(value)];
    }
  }

  /** Whether it has a name that a filter accepts. */
  hasOneOf(filter: NameFilter): boolean {
    for (const name of acceptedIn(this.#base, filter)) if (this.value(name) !== undefined) return true;
    for (const [name, value] of this.#changed) if (value !== undefined && filter.accepts(name)) return true;
    return false;
  }

  /** A copy that can be changed without changing this one. */
  copy(): Collection {
    const copy = new Collection(this.#bounds, this.#base);
    this.#isShared = true;
    copy.#changed = this.#changed;
    copy.#bytes = this.#bytes;
    copy.#digitsEnd = this.#digitsEnd;
    copy.#shared = this.#shared;
    return copy;
  }

  #costOf(name: string, value: string | number | undefined): number {
    return (this.#base.has(name) ? 0 : name.length) + (typeof value === 'string' ? value.length : 0);
  }
}
