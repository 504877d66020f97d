// Bodies of no known structure: all bytes are the value of one field.

import type { FieldSink, FieldSource } from '../http/field.ts';
import { GuardedDecoder } from './guarded-decoder.ts';

/** Passes every byte on, uncopied, as one field of the given source with an empty name. An empty body gives no field. */
export class RawDecoder extends GuardedDecoder {
  override readonly heldBytes = 0;
  readonly #source: FieldSource;
  readonly #name: string;
  #isOpen = false;

  /** @param source REQUEST_BODY or RESPONSE_BODY, or another variable for the body. */
  constructor(sink: FieldSink, source: FieldSource, name = '') {
    super(sink);
    this.#source = source;
    this.#name = name;
  }

  protected override readChunk(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (!this.#isOpen) {
      this.sink.begin(this.#source, this.#name);
      this.#isOpen = true;
    }
    this.sink.write(chunk);
  }

  protected override readEnd(): void {
    this.abandon();
  }

  protected override abandon(): void {
    if (this.#isOpen) this.sink.end();
    this.#isOpen = false;
  }
}
