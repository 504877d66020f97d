// What is certain about TX at a point of the rules, before any request: names with their values, names that are unset, and names
// about which nothing is known.

import type { Macro } from '../plan/macro.ts';
import { numberOf } from '../plan/value-operator.ts';
import { PrefixSet } from './prefix-set.ts';

/** A TX value, `undefined` for a name that is not set. */
export type TxValue = string | number | undefined;

/** What is certain about one name. */
export type Certainty = { readonly isKnown: true; readonly value: TxValue } | { readonly isKnown: false };

const unknown: Certainty = { isKnown: false };

/** Certain knowledge of TX. A name that was never written is known to be unset. Names are in lower case. */
export class KnownTx {
  readonly #values = new Map<string, TxValue>();
  readonly #unknown = new Set<string>();
  readonly #unknownPrefixes = new PrefixSet();
  #version = 0;
  /** The knowledge below this layer, for names without an entry here. */
  readonly #below: KnownTx | undefined;

  constructor(below?: KnownTx) {
    this.#below = below;
  }

  copy(): KnownTx {
    const copy = new KnownTx(this.#below);
    for (const [name, value] of this.#values) copy.#values.set(name, value);
    for (const name of this.#unknown) copy.#unknown.add(name);
    for (const prefix of this.#unknownPrefixes) copy.#unknownPrefixes.add(prefix);
    return copy;
  }

  /** Number of entries: the cost of a copy or a merge. */
  get size(): number {
    return this.#values.size + this.#unknown.size + this.#unknownPrefixes.size;
  }

  get(name: string): Certainty {
    // Captures change with every rule.
    if (/^\d$/.test(name) || this.#unknown.has(name) || this.#isBuilt(name)) return unknown;
    if (this.#below === undefined || this.#values.has(name)) return { isKnown: true, value: this.#values.get(name) };
    return this.#below.get(name);
  }

  /** Whether this could be a name that was built from macros. */
  #isBuilt(name: string): boolean {
    if (this.#unknownPrefixes.covers(name)) return true;
    return this.#below === undefined ? false : this.#below.#isBuilt(name);
  }

  /** The same knowledge, to be changed without changing this one. Costs nothing; neither can be merged with another. */
  layer(): KnownTx {
    return new KnownTx(this);
  }

  /** A number that changes with every change. */
  get version(): number {
    return this.#version;
  }

  set(name: string, value: TxValue): void {
    this.#version += 1;
    this.#unknown.delete(name);
    this.#values.set(name, value);
  }

  forget(name: string): void {
    this.#version += 1;
    this.#unknown.add(name);
  }

  /** Forgets every name with this prefix. */
  forgetPrefix(prefix: string): void {
    this.#version += 1;
    this.#unknownPrefixes.add(prefix);
  }

  /** The text of a macro, `undefined` if some part of it is not known. */
  expand(macro: Macro): string | undefined {
    let text = '';
    for (const part of macro.parts) {
      if (typeof part === 'string') {
        text += part;
        continue;
      }
      if (part.variable !== 'TX' || part.key === undefined) return undefined;
      const certainty = this.get(part.key);
      if (!certainty.isKnown) return undefined;
      text += String(certainty.value ?? '');
    }
    return text;
  }

  /** The number in a name, 0 if it is unset; `undefined` if that is not known. */
  number(name: string): number | undefined {
    const certainty = this.get(name);
    if (!certainty.isKnown) return undefined;
    return numberOf(certainty.value);
  }

  /** What is certain both here and in `other`. */
  merge(other: KnownTx): KnownTx {
    const merged = this.copy();
    for (const name of other.#unknown) merged.forget(name);
    for (const prefix of other.#unknownPrefixes) merged.forgetPrefix(prefix);
    for (const name of new Set([...this.#values.keys(), ...other.#values.keys()])) {
      const here = this.get(name);
      const there = other.get(name);
      const isSame = here.isKnown && there.isKnown && String(here.value ?? '\0') === String(there.value ?? '\0');
      if (!isSame) merged.forget(name);
    }
    return merged;
  }
}
