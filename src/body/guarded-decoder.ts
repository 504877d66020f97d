// What all decoders share: the life of a decoder (open, ended, failed) and how a failure is reported. Knows no format.

import { asWafError, WafError } from '../base/errors.ts';
import type { FieldSink } from '../http/field.ts';
import type { Decoder } from './decoder.ts';

/**
 * Keeps the promises of `Decoder` for its subclasses: a failure first ends the open field (`abandon`), then reports
 * REQBODY_ERROR and its message, then is thrown; after a failure or `end()` every call throws `body.malformed`.
 */
export abstract class GuardedDecoder implements Decoder {
  protected readonly sink: FieldSink;
  #isClosed = false;

  constructor(sink: FieldSink) {
    this.sink = sink;
  }

  write(chunk: Uint8Array): void {
    this.#guard(() => this.readChunk(chunk));
  }

  end(): void {
    this.#guard(() => this.readEnd());
    this.#isClosed = true;
  }

  /** See `Holding`; asked between chunks. */
  abstract readonly heldBytes: number;

  /** Decodes one chunk; throws `WafError` on malformed input or a reached limit. */
  protected abstract readChunk(chunk: Uint8Array): void;

  /** The body is complete: ends what is open, or throws when the format says that bytes are missing. */
  protected abstract readEnd(): void;

  /** Ends the open field after a failure; what was decoded so far has reached the sink when it returns. */
  protected abstract abandon(): void;

  #guard(read: () => void): void {
    if (this.#isClosed) throw new WafError('body.malformed', 'the body has already ended');
    try {
      read();
    } catch (thrown) {
      this.#isClosed = true;
      this.abandon();
      const error = asWafError(thrown);
      this.sink.fact('REQBODY_ERROR', '1');
      this.sink.fact('REQBODY_ERROR_MSG', error.message);
      throw error;
    }
  }
}
