// The contract of every body decoder: body bytes in, fields out, incrementally and in bounded memory.

import type { Steps } from '../base/turn.ts';

/** What keeps back some of the bytes that it was given. */
export interface Holding {
  /**
   * How many of the last bytes given are not told yet: what they belong to (a name, an escape, what may be a delimiter, first
   * bytes that do not tell yet what they are) goes to the sink with later bytes, or at the end. 0: all that they say was told,
   * apart from the end of the open field. Such bytes were seen by no rule, so they must not be let go.
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
  /** Says that the body is complete. */
  end(): void;
}

/** A decoder that can make much of little, and stops in between when it is asked to. What is told is the same. */
export interface DecoderInSteps extends Decoder {
  /** `write`, stopping behind each piece that was told. The bytes are borrowed until the steps are done. */
  writeInSteps(chunk: Uint8Array): Steps<void>;
  /** `end`, likewise. */
  endInSteps(): Steps<void>;
}

/** Has a decoder take bytes, in several steps if it can, and in one otherwise. */
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
