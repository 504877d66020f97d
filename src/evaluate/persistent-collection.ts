// One collection that outlives its exchange: values that may expire or wear off, and what is known of the collection itself
// (ModSecurity reference manual v2.9, "Persistent Storage"). Knows no rule and no other collection.

import { toByteString, toBytes } from '../base/bytes.ts';
import { monotonicMs, wallClock } from '../base/clock.ts';
import { numberOf } from '../plan/value-operator.ts';
import type { NamedValues, NameFilter } from './collection.ts';

/** The clocks that a collection goes by, in milliseconds. */
export interface Clocks {
  readonly monotonicMs: () => number;
  readonly wallMs: () => number;
}

/** The clocks of this machine. */
export const machineClocks: Clocks = { monotonicMs, wallMs: () => wallClock().getTime() };

interface StoredValue {
  value: string | number;
  /** Monotonic time at which the variable is gone; `Infinity`: never. */
  expiresMs: number;
  /** Monotonic time up to which `deprecatevar` has worn the value off; absent before the first time. */
  wornToMs?: number;
}

/** What a collection is made with. */
export interface StoredOptions {
  /** Tells it from all others of the process. */
  readonly id: string;
  /** What the rule opened it with. */
  readonly key: string;
  readonly namesMax: number;
  readonly timeoutMs: number;
  readonly clocks: Clocks;
  /** Told of each change of `bytes`, by how much. */
  readonly onBytes: (change: number) => void;
}

/** What stays of a collection between exchanges. All exchanges that opened it see the same values. */
export class StoredCollection {
  readonly options: StoredOptions;
  readonly values = new Map<string, StoredValue>();
  readonly createdMs: number;
  timeoutMs: number;
  /** Monotonic time and wall-clock time of the last change. */
  updatedMs: number;
  updatedWallMs: number;
  readonly createdWallMs: number;
  updateCount = 0;
  /** Bytes of key, names and values. */
  bytes: number;

  constructor(options: StoredOptions) {
    this.options = options;
    this.timeoutMs = options.timeoutMs;
    this.createdMs = options.clocks.monotonicMs();
    this.updatedMs = this.createdMs;
    this.createdWallMs = options.clocks.wallMs();
    this.updatedWallMs = this.createdWallMs;
    this.bytes = options.id.length;
  }

  /** Whether nothing changed it for as long as it is kept. */
  get isExpired(): boolean {
    return this.options.clocks.monotonicMs() >= this.updatedMs + this.timeoutMs;
  }

  /** A copy that counts nowhere. */
  clone(): StoredCollection {
    const clone = new StoredCollection({ ...this.options, onBytes: () => {} });
    for (const [name, stored] of this.values) clone.values.set(name, { ...stored });
    return Object.assign(clone, {
      createdMs: this.createdMs,
      createdWallMs: this.createdWallMs,
      timeoutMs: this.timeoutMs,
      updatedMs: this.updatedMs,
      updatedWallMs: this.updatedWallMs,
      updateCount: this.updateCount,
      bytes: this.bytes,
    });
  }
}

/** The same text in memory of its own: a part of a string keeps all of it alive, a value cut out of a body the body. */
function ownText<Value extends string | number>(value: Value): Value {
  return typeof value === 'string' ? (toByteString(toBytes(value)) as Value) : value;
}

const secondsOf = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** Updates a minute since the collection is there; 0 in its first second. */
function updateRate({ createdMs, updatedMs, updateCount }: StoredCollection): number {
  const seconds = secondsOf(updatedMs - createdMs);
  return seconds === 0 ? 0 : Math.floor((updateCount * 60) / seconds);
}

/** What rules can ask of a collection besides the values they set; by name only, none of it is listed or counted. */
const facts: Readonly<Record<string, (view: PersistentCollection) => string | number>> = {
  is_new: (view) => (view.isNew ? 1 : 0),
  key: ({ stored }) => stored.options.key,
  create_time: ({ stored }) => secondsOf(stored.createdWallMs),
  last_update_time: ({ stored }) => secondsOf(stored.updatedWallMs),
  timeout: ({ stored }) => secondsOf(stored.timeoutMs),
  update_counter: ({ stored }) => stored.updateCount,
  update_rate: ({ stored }) => updateRate(stored),
};

/** A collection as one exchange sees it. Its changes are seen by all others at once. */
export class PersistentCollection implements NamedValues {
  readonly stored: StoredCollection;
  /** Whether this exchange made it. */
  readonly isNew: boolean;
  #hasChanged: boolean;

  constructor(stored: StoredCollection, isNew: boolean, hasChanged = false) {
    this.stored = stored;
    this.isNew = isNew;
    this.#hasChanged = hasChanged;
  }

  get(name: string): string | undefined {
    const value = this.#value(name);
    return typeof value === 'number' ? String(value) : value;
  }

  number(name: string): number {
    return numberOf(this.#value(name));
  }

  has(name: string): boolean {
    return this.#value(name) !== undefined;
  }

  /** Sets a value; what remains of the time after which the name expires stays. `timeout` sets that of the collection, in seconds. */
  set(name: string, value: string | number): boolean {
    this.#touch();
    const { values, options } = this.stored;
    if (name === 'timeout') {
      this.stored.timeoutMs = 1000 * Math.max(0, numberOf(value));
      return true;
    }
    // What else the collection says of itself cannot be set.
    if (Object.hasOwn(facts, name)) return true;
    const known = this.#live(name);
    if (known === undefined && values.size >= options.namesMax && !this.#dropExpired()) return false;
    const before = known === undefined ? 0 : name.length + String(known.value).length;
    this.#account(name.length + String(value).length - before);
    if (known === undefined) values.set(ownText(name), { value: ownText(value), expiresMs: Infinity });
    else known.value = ownText(value);
    return true;
  }

  delete(name: string): void {
    this.#touch();
    this.#remove(name);
  }

  *entries(): Generator<readonly [name: string, value: string]> {
    for (const name of this.stored.values.keys()) {
      const value = this.get(name);
      if (value !== undefined) yield [name, value];
    }
  }

  *entriesOf(filter: NameFilter): Generator<readonly [name: string, value: string]> {
    for (const entry of this.entries()) if (filter.accepts(entry[0])) yield entry;
  }

  copy(): PersistentCollection {
    return new PersistentCollection(this.stored.clone(), this.isNew, this.#hasChanged);
  }

  /** `expirevar`: the variable is gone after so many seconds. Does nothing to one that is not set. */
  expire(name: string, seconds: number): void {
    const known = this.#live(name);
    if (known === undefined) return;
    this.#touch();
    known.expiresMs = this.stored.options.clocks.monotonicMs() + 1000 * Math.max(0, seconds);
  }

  /**
   * `deprecatevar`: takes `amount` off a number for each full `seconds` since that was last done (first: since the variable is
   * known here), never below 0.
   */
  deprecate(name: string, amount: number, seconds: number): void {
    const known = this.#live(name);
    const now = this.stored.options.clocks.monotonicMs();
    if (known === undefined) return;
    known.wornToMs ??= now;
    const steps = Math.floor((now - known.wornToMs) / (1000 * seconds));
    if (steps <= 0) return;
    known.wornToMs += steps * 1000 * seconds;
    const before = this.number(name);
    this.set(name, Math.max(Math.min(before, 0), before - amount * steps));
  }

  #value(name: string): string | number | undefined {
    const fact = Object.hasOwn(facts, name) ? facts[name] : undefined;
    return fact === undefined ? this.#live(name)?.value : fact(this);
  }

  /** The variable, unless it is gone by now. */
  #live(name: string): StoredValue | undefined {
    const known = this.stored.values.get(name);
    if (known === undefined || known.expiresMs > this.stored.options.clocks.monotonicMs()) return known;
    this.#remove(name);
    return undefined;
  }

  #dropExpired(): boolean {
    const { values, options } = this.stored;
    for (const name of [...values.keys()]) this.#live(name);
    return values.size < options.namesMax;
  }

  #remove(name: string): void {
    const known = this.stored.values.get(name);
    if (known === undefined) return;
    this.#account(-(name.length + String(known.value).length));
    this.stored.values.delete(name);
  }

  #account(change: number): void {
    this.stored.bytes += change;
    this.stored.options.onBytes(change);
  }

  /** Notes a change; an exchange counts as one update. */
  #touch(): void {
    const { stored } = this;
    stored.updatedMs = stored.options.clocks.monotonicMs();
    stored.updatedWallMs = stored.options.clocks.wallMs();
    if (!this.#hasChanged) stored.updateCount += 1;
    this.#hasChanged = true;
  }
}
