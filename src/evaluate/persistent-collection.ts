// One persistent collection: values that can expire or be deprecated, and metadata of the collection itself (ModSecurity
// reference manual v2.9, "Persistent Storage"). Knows no rule and no other collection.

import { toByteString, toBytes } from '../base/bytes.ts';
import { monotonicMs, wallClock } from '../base/clock.ts';
import { numberOf } from '../plan/value-operator.ts';
import { NamedValues, type NameFilter } from './collection.ts';

/** The clocks of collections, in milliseconds. */
export interface Clocks {
  readonly monotonicMs: () => number;
  readonly wallMs: () => number;
}

/** The clocks of this machine. */
export const machineClocks: Clocks = { monotonicMs, wallMs: () => wallClock().getTime() };

interface StoredValue {
  value: string | number;
  /** Monotonic time at which the variable expires; `Infinity`: never. */
  expiresMs: number;
  /** Monotonic time up to which `deprecatevar` has been applied; absent before the first time. */
  wornToMs?: number;
}

/** Options of a collection. */
export interface StoredOptions {
  /** Identifies it within the process. */
  readonly id: string;
  /** The key with which the rule opened it. */
  readonly key: string;
  readonly namesMax: number;
  readonly timeoutMs: number;
  readonly clocks: Clocks;
  /** Called for each change of `bytes`, with the difference. */
  readonly onBytes: (change: number) => void;
}

/** The part of a collection that persists between exchanges. All exchanges that opened it see the same values. */
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

  /** Whether it has been unchanged for longer than its timeout. */
  get isExpired(): boolean {
    return this.options.clocks.monotonicMs() >= this.updatedMs + this.timeoutMs;
  }

  /** A copy that is not counted anywhere. */
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

/** The same text in memory of its own: a substring keeps its whole source alive, such as a body. */
function ownText<Value extends string | number>(value: Value): Value {
  return typeof value === 'string' ? (toByteString(toBytes(value)) as Value) : value;
}

const secondsOf = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** Updates per minute since its creation; 0 in the first second. */
function updateRate({ createdMs, updatedMs, updateCount }: StoredCollection): number {
  const seconds = secondsOf(updatedMs - createdMs);
  return seconds === 0 ? 0 : Math.floor((updateCount * 60) / seconds);
}

/** Metadata that rules can read by name; not part of listings and counts. */
const facts: Readonly<Record<string, (view: PersistentCollection) => string | number>> = {
  is_new: (view) => (view.isNew ? 1 : 0),
  key: ({ stored }) => stored.options.key,
  create_time: ({ stored }) => secondsOf(stored.createdWallMs),
  last_update_time: ({ stored }) => secondsOf(stored.updatedWallMs),
  timeout: ({ stored }) => secondsOf(stored.timeoutMs),
  update_counter: ({ stored }) => stored.updateCount,
  update_rate: ({ stored }) => updateRate(stored),
};

/** A collection as seen by one exchange. Its changes are visible to all others at once. */
export class PersistentCollection extends NamedValues {
  readonly stored: StoredCollection;
  /** Whether this exchange created it. */
  readonly isNew: boolean;
  #hasChanged: boolean;

  constructor(stored: StoredCollection, isNew: boolean, hasChanged = false) {
    super();
    this.stored = stored;
    this.isNew = isNew;
    this.#hasChanged = hasChanged;
  }

  value(name: string): string | number | undefined {
    const fact = Object.hasOwn(facts, name) ? facts[name] : undefined;
    return fact === undefined ? this.#live(name)?.value : fact(this);
  }

  /** Sets a value; the remaining time until the name expires is unchanged. `timeout` sets that of the collection, in seconds. */
  set(name: string, value: string | number): boolean {
    this.#touch();
    const { values, options } = this.stored;
    if (name === 'timeout') {
      this.stored.timeoutMs = 1000 * Math.max(0, numberOf(value));
      return true;
    }
    // Other metadata cannot be set.
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

  /** `expirevar`: the variable expires after this many seconds. Does nothing if it is not set. */
  expire(name: string, seconds: number): void {
    const known = this.#live(name);
    if (known === undefined) return;
    this.#touch();
    known.expiresMs = this.stored.options.clocks.monotonicMs() + 1000 * Math.max(0, seconds);
  }

  /**
   * `deprecatevar`: subtracts `amount` from a number for each full `seconds` since the last time (at first: since the variable
   * exists here), never below 0.
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

  /** The variable, unless it has expired. */
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

  /** Records a change; an exchange counts as one update. */
  #touch(): void {
    const { stored } = this;
    stored.updatedMs = stored.options.clocks.monotonicMs();
    stored.updatedWallMs = stored.options.clocks.wallMs();
    if (!this.#hasChanged) stored.updateCount += 1;
    this.#hasChanged = true;
  }
}
