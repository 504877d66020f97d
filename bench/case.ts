// A bench case: HTTP exchanges that must pass, a twin that must be caught, and the question that timing them answers.

/** A name and a value, as on the wire. */
export type Header = readonly [name: string, value: string];

/** One request and its response. Bodies are bytes. */
export interface Exchange {
  readonly method: string;
  readonly target: string;
  readonly protocol: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
  readonly response: { readonly status: number; readonly headers: readonly Header[]; readonly body: Buffer };
}

/** A declared measurement. An engine is timed on it only after it has let `benign` pass and caught `attack`. */
export interface Case {
  readonly name: string;
  /** The question in one sentence. */
  readonly question: string;
  /**
   * Bytes that count for a rate: those of the request's body or, if it has none, of its head or the response's body, whichever is longer.
   */
  readonly inspectedBytes: number;
  /** Exchanges of one shape with different values: no engine should profit from seeing the same values again and again. */
  readonly benign: readonly Exchange[];
  readonly attack: Exchange;
  /** A rule id that must be among those `attack` triggers, in every engine. */
  readonly attackRuleId: number;
}

/** What an engine reports for one exchange. Times in microseconds of one whole exchange. */
export interface Measurement {
  readonly ids: readonly number[];
  readonly isBlocked: boolean;
  readonly runs: number;
  readonly minUs: number;
  readonly medianUs: number;
  readonly p99Us: number;
}
