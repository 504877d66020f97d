// The interface between the two sides of a guarded exchange: asking for decisions, and cutting chunks into pieces. Knows no HTTP.

import { constants } from '../base/constants.ts';
import type { Decision, Exchange } from './exchange.ts';

/** Lets parts of an exchange pass, or ends it. */
export interface Gate {
  /** Bytes of one direction that can be undecided before reading stops. */
  readonly heldBytesMax: number;
  /**
   * Asks for a decision. `release` is called when the part may pass, in the order of the questions, and never if it may not. If
   * either throws, the exchange ends.
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

/** See `Gate`: a part is released when more than the hold window has come after it, so the window and one more piece must fit. */
export function heldBytesMaxOf(holdWindowBytesMax: number): number {
  return holdWindowBytesMax + constants.guardedPieceBytesMax;
}
