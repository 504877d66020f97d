// Prefixes of names built from macros: whether a name may be one of those. As fast for thousands of prefixes as for one.

/** A set of prefixes. */
export class PrefixSet {
  readonly #prefixes = new Set<string>();
  #longest = 0;

  constructor(prefixes: Iterable<string> = []) {
    for (const prefix of prefixes) this.add(prefix);
  }

  get size(): number {
    return this.#prefixes.size;
  }

  add(prefix: string): void {
    this.#prefixes.add(prefix);
    this.#longest = Math.max(this.#longest, prefix.length);
  }

  /** Whether a name starts with one of them. */
  covers(name: string): boolean {
    if (this.#prefixes.size === 0) return false;
    const longest = Math.min(this.#longest, name.length);
    for (let length = 0; length <= longest; length += 1) if (this.#prefixes.has(name.slice(0, length))) return true;
    return false;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#prefixes[Symbol.iterator]();
  }
}
