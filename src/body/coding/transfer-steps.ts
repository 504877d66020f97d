// A transfer encoding before a decoder that works in steps. Knows no encoding and no format.

import { runAtOnce, type Steps } from '../../base/turn.ts';
import { type Decoder, type DecoderInSteps, endInSteps, writeInSteps } from '../decoder.ts';
import { HeldInput } from '../held-input.ts';

/** Creates the decoder for an encoding, which writes to `next`. */
export type OpenEncoding = (next: Decoder) => Decoder;

/**
 * Keeps what is decoded from a chunk, about as much as the chunk, and passes it to the next decoder step by step; the encodings
 * themselves are decoded at once.
 */
export class TransferSteps implements DecoderInSteps {
  readonly #encoding: Decoder;
  readonly #next: Decoder;
  readonly #held = new HeldInput();
  #decoded: Uint8Array[] = [];

  constructor(open: OpenEncoding, next: Decoder) {
    this.#next = next;
    this.#encoding = open({ write: (bytes) => this.#decoded.push(new Uint8Array(bytes)), end() {}, heldBytes: 0 });
  }

  get heldBytes(): number {
    return this.#held.bytes;
  }

  write(chunk: Uint8Array): void {
    runAtOnce(this.writeInSteps(chunk));
  }

  end(): void {
    runAtOnce(this.endInSteps());
  }

  *writeInSteps(chunk: Uint8Array): Steps<void> {
    this.#encoding.write(chunk);
    yield* this.#pass();
    this.#held.note(chunk.length, { own: this.#encoding.heldBytes, behind: this.#next.heldBytes });
  }

  *endInSteps(): Steps<void> {
    this.#encoding.end();
    yield* this.#pass();
    yield* endInSteps(this.#next);
  }

  *#pass(): Steps<void> {
    const decoded = this.#decoded;
    this.#decoded = [];
    for (const bytes of decoded) yield* writeInSteps(this.#next, bytes);
  }
}
