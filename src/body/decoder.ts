// The contract of every body decoder: body bytes in, fields out, incrementally and in bounded memory.

import type { Steps } from '../base/turn.ts';

/** Something that holds back some of the bytes it was given. */
export interface Holding {
  /**
   * How many of the last bytes given have not been reported yet. They belong to a name, an escape, a possible delimiter, or first
   * bytes whose format is not known yet, and reach the sink with later bytes or at the end. 0: everything has been reported,
   * except for the end of the open field. No rule has seen the held bytes, so they must not be released.
   */
  readonly heldBytes: number;
}

/**
 * Turns body bytes into fields, which go to the `FieldSink` it was created with.
 *
 * - `write` accepts chunks of any size, cut anywhere; the fields and facts reported do not depend on the cuts.
 * - It calls the sink in body order and keeps no bytes beyond its named limits; a value of any length is passed on as it arrives.
 * - On malformed input or a reached limit it throws `WafError` (`body.malformed`, `body.limit`), having first ended the open
 *   field and reported what it had decoded. After a throw or after `end()` every further call throws `body.malformed`.
 */
export interface Decoder extends Holding {
  /** Decodes one chunk. The bytes are borrowed until the call returns. */
  write(chunk: Uint8Array): void;
  /** The body is complete. */
  end(): void;
}

/** A decoder that can produce much output from little input, and pauses in between on request. It reports the same. */
export interface DecoderInSteps extends Decoder {
  /** `write`, pausing after each piece that was reported. The bytes are borrowed until the steps are done. */
  writeInSteps(chunk: Uint8Array): Steps<void>;
  /** `end`, likewise. */
  endInSteps(): Steps<void>;
}

/** Passes bytes to a decoder, in several steps if it supports them, else in one. */
export function* writeInSteps(decoder: Decoder, bytes: Uint8Array): Steps<void> {
  if (hasSteps(decoder)) {
    yield* decoder.writeInSteps(bytes);
  } else {
    decoder.write(bytes);
    yield;
  }
}

/** Ends a decoder in the same way. */
export function* endInSteps(decoder: Decoder): Steps<void> {
  if (hasSteps(decoder)) yield* decoder.endInSteps();
  else decoder.end();
}

const hasSteps = (decoder: Decoder): decoder is DecoderInSteps => 'writeInSteps' in decoder;
