// A metric and a reading of it: plain values, for text formats and for combining several processes.

/** The definition of a metric. */
export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Names of its labels, in order. */
  readonly labels: readonly string[];
  /** One sentence, without full stop. */
  readonly help: string;
  /** How to combine the readings of several processes. */
  readonly aggregator: 'sum' | 'max' | 'min' | 'first';
  /** Upper bounds of a histogram's buckets, ascending; the last bucket is +Inf and not listed. */
  readonly buckets?: readonly number[];
}

/** One value. A histogram has one per bucket, the sum and the count. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** For a histogram, which value this is. */
  readonly part?: 'bucket' | 'sum' | 'count';
}

/** All current values of one metric. */
export interface Reading {
  readonly name: string;
  readonly metric: Metric;
  readonly samples: readonly Sample[];
}
