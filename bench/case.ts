// What a bench case is: HTTP exchanges that must pass, a twin that must be caught, and the question that timing them
// answers.

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

/** A declared measurement. No engine is timed on it before it let `benign` pass and caught `attack`. */
export interface Case {
  readonly name: string;
  /** The question in one sentence. */
  readonly question: string;
  /** Bytes that count for a rate: the request's body, or without one the longer of its head and the response's body. */
  readonly inspectedBytes: number;
  /** Exchanges of one shape with other values: nobody is to profit from seeing the same values again and again. */
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
