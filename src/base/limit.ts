// What a bound is: the shape of one row of the table of bounds, with its unit and its reason.
// Knows none of them.

/** One bound: its default, the unit it counts in, and the reason for the default. */
export interface Limit {
  readonly default: number;
  readonly unit: 'bytes' | 'count' | 'ms' | 'ratio' | 'work';
  readonly why: string;
}
