// A candidate that inspects exchanges of a profile alongside the live rules, and its results. Types only.

import type { RuleMatch, Verdict } from '../decision/verdict.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import type { HeaderList } from '../http/headers.ts';

/** The result of one of the two. */
export interface ShadowSide {
  readonly verdict: Verdict;
  readonly matches: readonly RuleMatch[];
  readonly score: number;
}

/**
 * The candidate compared with the live rules. `stricter`: it stops what the live rules let pass; `looser`: the reverse.
 * `undecided`: the live rules stopped the exchange before the candidate got the rest.
 */
export type ShadowOutcome = 'same' | 'stricter' | 'looser' | 'undecided';

/** An exchange on which the two disagree. */
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

/** Receives copies of what an inspection is given. Every method returns immediately, and never throws. */
export interface ExchangeTap {
  requestHead(head: RequestHead, endOfStream: boolean): void;
  responseHead(head: ResponseHead, endOfStream: boolean): void;
  /** The chunk is borrowed until the call returns. */
  chunk(direction: 'request' | 'response', chunk: Uint8Array): void;
  end(direction: 'request' | 'response', trailers: HeaderList): void;
  /** The inspection is over. */
  close(live: ShadowSide): void;
}

/** What runs alongside a profile. */
export interface Shadow {
  /** The tap of an exchange; undefined: it is not in the candidate's share. */
  open(requestId: string): ExchangeTap | undefined;
}
