// The beginning of a value: as much of it as is kept. Knows no field.

import { asView, copyInto } from '../base/bytes.ts';

const capacityMin = 256;
const noBytes = Buffer.alloc(0);

/** Bytes that are appended one after the other, up to a bound. `clear` keeps the memory for the next value. */
export class KeptBytes {
  readonly #bytesMax: number;
  #bytes = noBytes;
  #length = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** How many are kept. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of memory it takes. */
  get memoryBytes(): number {
    return this.#bytes.length;
  }

  /** The memory they are in, from its start; borrowed until the next call. */
  get memory(): Uint8Array {
    return this.#bytes;
  }

  /** Those from an offset on; borrowed until the next call. */
  from(offset: number): Uint8Array {
    return asView(this.#bytes, Math.min(offset, this.#length), this.#length);
  }

  /** Keeps as many as there is room for; returns how many. */
  append(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.#bytesMax - this.#length);
    if (count === 0) return 0;
    const length = this.#length + count;
    if (length > this.#bytes.length) this.#grow(length);
    copyInto(this.#bytes, this.#length, bytes, 0, count);
    this.#length = length;
    return count;
  }

  /** Forgets all. */
  clear(): void {
    this.#length = 0;
  }

  #grow(length: number): void {
    const capacity = Math.min(this.#bytesMax, Math.max(capacityMin, this.#bytes.length * 2, length));
    const grown = Buffer.allocUnsafeSlow(Math.max(capacity, length));
    grown.set(this.from(0));
    this.#bytes = grown;
  }
}
