// The current input, in memory that both threads see: a serial number, a length, the bytes.

const headerWords = 2;

/** Inputs are shorter than this. */
const inputBytesMax = 256 * 1024;

/** Memory for an input. */
export function createSharedInput(): SharedArrayBuffer {
  return new SharedArrayBuffer(headerWords * 4 + inputBytesMax);
}

/** The view of either thread. */
export class SharedInput {
  readonly #header: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.#header = new Int32Array(memory, 0, headerWords);
    this.#bytes = new Uint8Array(memory, headerWords * 4);
  }

  /** How many inputs there have been. */
  get serial(): number {
    return Atomics.load(this.#header, 0);
  }

  /** Sets the input that runs next. */
  write(input: Uint8Array): void {
    this.#bytes.set(input.subarray(0, inputBytesMax));
    Atomics.store(this.#header, 1, Math.min(input.length, inputBytesMax));
    Atomics.add(this.#header, 0, 1);
  }

  /** A copy of the input that runs, or ran last. */
  read(): Uint8Array {
    return Uint8Array.from(this.#bytes.subarray(0, Atomics.load(this.#header, 1)));
  }
}
