// Two readings of the same bytes in parallel: an error in one does not end the other. Knows no format.

import type { Decoder } from './decoder.ts';

/** Passes all bytes to `reading`, which never throws, then to `main`, whose errors are thrown when `reading` has ended. */
export class SideReading implements Decoder {
  readonly #reading: Decoder;
  readonly #main: Decoder;

  constructor(reading: Decoder, main: Decoder) {
    this.#reading = reading;
    this.#main = main;
  }

  get heldBytes(): number {
    return Math.max(this.#reading.heldBytes, this.#main.heldBytes);
  }

  write(chunk: Uint8Array): void {
    this.#reading.write(chunk);
    try {
      this.#main.write(chunk);
    } catch (thrown) {
      this.#reading.end();
      throw thrown;
    }
  }

  end(): void {
    this.#reading.end();
    this.#main.end();
  }
}
