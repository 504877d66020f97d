// A candidate that exchanges of a profile are inspected by beside the live rules, and what is told of it. Types only.

import type { RuleMatch, Verdict } from '../decision/verdict.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import type { HeaderList } from '../http/headers.ts';

/** What one of the two came to. */
export interface ShadowSide {
  readonly verdict: Verdict;
  readonly matches: readonly RuleMatch[];
  readonly score: number;
}

/**
 * How candidate and live rules compare. `stricter`: the candidate stops what the live rules let pass; `looser`: the other way round.
 * `undecided`: the live rules stopped the exchange before the rest of it was there for the candidate.
 */
export type ShadowOutcome = 'same' | 'stricter' | 'looser' | 'undecided';

/** An exchange that the two judge differently. */
export interface ShadowDifference {
  readonly outcome: 'stricter' | 'looser';
  readonly requestId: string;
  readonly profile: string;
  readonly candidate: string;
  readonly at: Date;
  readonly head: RequestHead | undefined;
  readonly live: ShadowSide;
  readonly shadow: ShadowSide;
}

/** Is shown what an inspection is given. Every method returns at once, and never throws. */
export interface ExchangeTap {
  requestHead(head: RequestHead, endOfStream: boolean): void;
  responseHead(head: ResponseHead, endOfStream: boolean): void;
  /** The chunk is borrowed until the call returns. */
  chunk(direction: 'request' | 'response', chunk: Uint8Array): void;
  end(direction: 'request' | 'response', trailers: HeaderList): void;
  /** The inspection is over. */
  close(live: ShadowSide): void;
}

/** What runs beside a profile. */
export interface Shadow {
  /** The tap of an exchange; undefined: it is not among those that the candidate sees. */
  open(requestId: string): ExchangeTap | undefined;
}
