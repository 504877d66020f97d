// Counts by a label whose values are not known in advance, in bounded memory: values above the limit share one count.

/** The label value for all values without a count of their own. */
export const otherLabel = 'other';

/** Counts by label. */
export class LabelCounts {
  readonly #counts = new Map<string, { value: number }>();
  readonly #valuesMax: number;

  /** @param valuesMax label values with a count of their own. */
  constructor(valuesMax: number) {
    this.#valuesMax = valuesMax;
  }

  /** Adds to the count of a label value. */
  add(value: string, amount = 1): void {
    const count = this.#counts.get(value) ?? this.#first(value);
    count.value += amount;
  }

  /** Label value → count. */
  get all(): ReadonlyMap<string, number> {
    return new Map([...this.#counts].map(([label, { value }]) => [label, value]));
  }

  #first(value: string): { value: number } {
    const label = this.#counts.size < this.#valuesMax ? value : otherLabel;
    const count = this.#counts.get(label) ?? { value: 0 };
    this.#counts.set(label, count);
    return count;
  }
}
