// What a metric is, and a reading of it: plain values, as text formats and those who add up several processes need them.

/** What a metric is, before anything was counted. */
export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Names of its labels, in order. */
  readonly labels: readonly string[];
  /** One sentence, without full stop. */
  readonly help: string;
  /** How the readings of several processes make one. */
  readonly aggregator: 'sum' | 'max' | 'min' | 'first';
  /** Upper bounds of a histogram's buckets, ascending; the last bucket is +Inf and not listed. */
  readonly buckets?: readonly number[];
}

/** One value. Of a histogram one for each bucket, the sum and the count. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of a histogram, what of it this is. */
  readonly part?: 'bucket' | 'sum' | 'count';
}

/** All values of one metric now. */
export interface Reading {
  readonly name: string;
  readonly metric: Metric;
  readonly samples: readonly Sample[];
}
