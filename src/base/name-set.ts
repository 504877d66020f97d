// A closed set of names of a language or a configuration file: look-up in any case, aliases, and a suggestion for a misspelling.
// Knows no name.

/** One name. `takes` says whether an argument (selector, operator argument, action value) is written after it. */
export interface Name {
  /** Canonical spelling. */
  readonly name: string;
  readonly takes: 'nothing' | 'optional' | 'required';
  /** Other accepted spellings (besides any mix of cases). */
  readonly aliases: readonly string[];
}

/** A closed set of names; look-up ignores ASCII case and resolves aliases. */
export class NameSet<N extends Name = Name> {
  /** What its members are, singular, for messages: `operator`. */
  readonly kind: string;
  readonly all: readonly N[];
  readonly #byKey = new Map<string, N>();

  constructor(kind: string, all: readonly N[]) {
    this.kind = kind;
    this.all = all;
    for (const entry of all) {
      this.#byKey.set(entry.name.toLowerCase(), entry);
      for (const alias of entry.aliases) this.#byKey.set(alias.toLowerCase(), entry);
    }
  }

  /** The entry for a spelling in any case; `undefined` when there is none. */
  find(spelling: string): N | undefined {
    return this.#byKey.get(spelling.toLowerCase());
  }

  /** The canonical name nearest to a misspelling (edit distance at most 2), for messages. */
  nearest(spelling: string): string | undefined {
    if (spelling.length > 40) return undefined;
    const wanted = spelling.toLowerCase();
    let best: string | undefined;
    let bestDistance = 3;
    for (const [key, entry] of this.#byKey) {
      if (Math.abs(key.length - wanted.length) >= bestDistance) continue;
      const distance = editDistance(wanted, key);
      if (distance < bestDistance && distance < wanted.length / 2) {
        best = entry.name;
        bestDistance = distance;
      }
    }
    return best;
  }
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
