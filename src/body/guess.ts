// A reading that nobody asked for: a server might read a body so, or not. Knows no format.

import { isBodyError } from '../base/errors.ts';
import type { Decoder } from './decoder.ts';

/** Decodes as long as it goes: what the body itself makes fail ends the reading in silence. Throws nothing of a body's making. */
export class Guess implements Decoder {
  #decoder: Decoder | undefined;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  get heldBytes(): number {
    return this.#decoder?.heldBytes ?? 0;
  }

  write(chunk: Uint8Array): void {
    this.#try((decoder) => decoder.write(chunk));
  }

  end(): void {
    this.#try((decoder) => decoder.end());
  }

  #try(step: (decoder: Decoder) => void): void {
    if (this.#decoder === undefined) return;
    try {
      step(this.#decoder);
    } catch (thrown) {
      this.#decoder = undefined;
      if (!isBodyError(thrown)) throw thrown;
    }
  }
}
