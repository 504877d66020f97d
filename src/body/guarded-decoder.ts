// Shared by all decoders: their life cycle (open, ended, failed) and the reporting of failures. Knows no format.

import { asWafError, WafError } from '../base/errors.ts';
import { runAtOnce, type Steps } from '../base/turn.ts';
import type { FieldSink } from '../http/field.ts';
import type { Decoder, DecoderInSteps } from './decoder.ts';

/**
 * Implements the contract of `Decoder` for its subclasses: a failure first ends the open field (`abandon`), then reports
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
    this.noteEnd();
  }

  /** The body has ended. */
  protected noteEnd(): void {
    this.#isClosed = true;
  }

  /** See `Holding`; called between chunks. */
  abstract readonly heldBytes: number;

  /** Decodes one chunk; throws `WafError` on malformed input or a reached limit. */
  protected abstract readChunk(chunk: Uint8Array): void;

  /** The body is complete: ends what is open, or throws if the format requires more bytes. */
  protected abstract readEnd(): void;

  /** Ends the open field after a failure; everything decoded so far has reached the sink when it returns. */
  protected abstract abandon(): void;

  /** Runs steps with the same guarantees. */
  protected *guardSteps(steps: Steps<void>): Steps<void> {
    this.#assertOpen();
    try {
      yield* steps;
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #guard(read: () => void): void {
    this.#assertOpen();
    try {
      read();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new WafError('body.malformed', 'the body has already ended');
  }

  #fail(thrown: unknown): never {
    this.#isClosed = true;
    this.abandon();
    const error = asWafError(thrown);
    this.sink.fact('REQBODY_ERROR', '1');
    this.sink.fact('REQBODY_ERROR_MSG', error.message);
    throw error;
  }
}

/** The same for decoders that work in steps. */
export abstract class SteppedDecoder extends GuardedDecoder implements DecoderInSteps {
  writeInSteps(chunk: Uint8Array): Steps<void> {
    return this.guardSteps(this.readInSteps(chunk));
  }

  *endInSteps(): Steps<void> {
    yield* this.guardSteps(this.readEndInSteps());
    this.noteEnd();
  }

  /** `readChunk` in steps. */
  protected abstract readInSteps(chunk: Uint8Array): Steps<void>;

  /** `readEnd` in steps. */
  protected abstract readEndInSteps(): Steps<void>;

  protected override readChunk(chunk: Uint8Array): void {
    runAtOnce(this.readInSteps(chunk));
  }

  protected override readEnd(): void {
    runAtOnce(this.readEndInSteps());
  }
}
