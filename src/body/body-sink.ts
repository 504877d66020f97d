// The contract between what reads a body and what receives it. Types only.

import type { WafError } from '../base/errors.ts';
import type { TakeMemory } from '../base/held-memory.ts';
import type { FieldSink } from '../http/field.ts';

/**
 * Why bytes were not decoded. `coding`: unknown or broken content encodings. `format`: the decoder failed; counted from the last
 * multiple of `decodeSliceBytesMax` before the failure. `guess`: the same for a body that was decoded as what it looks like.
 * `letters`: in a form, what only Node decodes differently. `part`: a file of a multipart body that does not match its type.
 * `reading`: texts nested too deeply inside texts. `work`: bytes in a content encoding that are not decoded once `isSpent`.
 */
export type Undecoded = 'coding' | 'format' | 'guess' | 'letters' | 'part' | 'reading' | 'work';

/** Receives everything that is read from a body. */
export interface BodySink {
  /** Receives its fields. */
  readonly fields: FieldSink;
  /**
   * Opens a sink for an alternate reading, whose fields can be open at the same time as all others. Absent: no alternate
   * readings.
   */
  readonly openReading?: (() => FieldSink) | undefined;
  /** Receives the bytes of the body with content encodings removed, and UTF-16 and UTF-32 text as UTF-8; borrowed. */
  writeRaw(bytes: Uint8Array): void;
  /** Called when all of these bytes were passed on. */
  endRaw(): void;
  /** Called for each failure, immediately: `body.malformed`, `body.limit`, `body.unsupported`. The open field has been ended. */
  fail(error: WafError): void;
  /** Called for bytes that were passed on raw and that a decoder should have read but did not. */
  leaveUndecoded(why: Undecoded, bytes: number): void;
  /** Called with the number of encoded bytes that are decoded next. */
  expectCoded?(bytes: number): void;
  /** Asked after each piece: true stops decoding a body in a content encoding, where few bytes can expand to very many. */
  readonly isSpent?: boolean;
  /** Reserves memory for windows; absent: it is not counted. */
  readonly take?: TakeMemory;
}
