// The kept beginning of a value, in bytes, for rules and logs. Knows no field.

import { asView, copyInto } from '../base/bytes.ts';
import { spareBuffers } from '../base/spare-buffers.ts';

const noBytes: Buffer = Buffer.alloc(0);

/** Bytes appended one after the other, up to a limit. `clear` keeps the memory for the next value, `release` returns it. */
export class KeptBytes {
  readonly #bytesMax: number;
  #bytes = noBytes;
  #length = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Number of bytes kept. */
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

  /** The bytes from an offset on; borrowed until the next call. */
  from(offset: number): Uint8Array {
    return asView(this.#bytes, Math.min(offset, this.#length), this.#length);
  }

  /** Keeps as many as fit; returns how many. */
  append(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.#bytesMax - this.#length);
    if (count === 0) return 0;
    const length = this.#length + count;
    if (length > this.#bytes.length) this.#grow(length);
    copyInto(this.#bytes, this.#length, bytes, 0, count);
    this.#length = length;
    return count;
  }

  /** Removes all bytes. */
  clear(): void {
    this.#length = 0;
  }

  /** Removes all bytes, and lets others use the memory: nobody may still read it. Idempotent. */
  release(): void {
    spareBuffers.give(this.#bytes);
    this.#bytes = noBytes;
    this.#length = 0;
  }

  #grow(length: number): void {
    const grown = spareBuffers.take(length, this.#bytesMax);
    grown.set(this.from(0));
    spareBuffers.give(this.#bytes);
    this.#bytes = grown;
  }
}
