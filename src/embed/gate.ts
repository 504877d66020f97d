// What lies between the two ends of a guarded exchange: who asks for decisions, and in which pieces. Knows no HTTP.

import { constants } from '../base/constants.ts';
import type { Decision, Exchange } from './exchange.ts';

/** Lets parts of an exchange go on, or ends it. */
export interface Gate {
  /** Bytes of one direction that may be undecided before no more are taken. */
  readonly heldBytesMax: number;
  /**
   * Asks for a decision. `release` is called when the part may go on, in the order in which was asked, and never when it may not.
   * What is thrown by either ends the exchange.
   */
  ask(question: (exchange: Exchange) => Promise<Decision>, release: () => void): void;
}

/** A chunk in pieces of at most `guardedPieceBytesMax` that share its memory; an empty chunk has none. */
export function* piecesOf(chunk: Uint8Array): Generator<Uint8Array> {
  const { guardedPieceBytesMax } = constants;
  for (let start = 0; start < chunk.length; start += guardedPieceBytesMax) {
    yield chunk.subarray(start, start + guardedPieceBytesMax);
  }
}

/** See `Gate`: a part goes when more than the hold window has come after it, so the window and one more piece must fit. */
export function heldBytesMaxOf(holdWindowBytesMax: number): number {
  return holdWindowBytesMax + constants.guardedPieceBytesMax;
}
