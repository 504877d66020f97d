// A reading of a body that is only a guess, because some servers might read it like that. Knows no format.

import { isBodyError } from '../base/errors.ts';
import type { Decoder } from './decoder.ts';

/** Decodes as long as possible; an error caused by the body ends the reading silently. Never throws because of the body. */
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
