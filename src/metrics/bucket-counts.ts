// A histogram in one array: adding a value is a short loop that allocates nothing.

import type { Sample } from './metric.ts';

/** Counts values by the bucket that they fall into. */
export class BucketCounts {
  readonly #bounds: readonly number[];
  readonly #counts: Float64Array;
  #sum = 0;

  /** @param bounds upper bounds of the buckets, ascending, inclusive; above the last one is +Inf. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  /** Counts a value. */
  add(value: number): void {
    let index = 0;
    while (index < this.#bounds.length && value > (this.#bounds[index] as number)) index += 1;
    this.#counts[index] = (this.#counts[index] as number) + 1;
    this.#sum += value;
  }

  /** The samples of the histogram, buckets cumulative. */
  samples(labels: Readonly<Record<string, string>>): readonly Sample[] {
    let count = 0;
    const buckets = [...this.#bounds, Infinity].map((bound, index): Sample => {
      count += this.#counts[index] as number;
      const le = bound === Infinity ? '+Inf' : String(bound);
      return { part: 'bucket', labels: { ...labels, le }, value: count };
    });
    return [...buckets, { part: 'sum', labels, value: this.#sum }, { part: 'count', labels, value: count }];
  }
}
