// Memory outside of V8's heap that is used again. A buffer that an exchange allocates for itself is garbage that only V8 finds, often
// not before a full collection, and to get and free one costs more than to fill it. Knows nothing of what is in it.

import { constants } from './constants.ts';

/** The smallest and the largest size that is kept, bytes; those between are powers of two. */
const sizeMin = 256;
const sizeMax = 64 * 1024;

/** Buffers that nobody uses. */
class SpareBuffers {
  readonly #bySize = new Map<number, Buffer[]>();
  #bytes = 0;

  constructor() {
    for (let size = sizeMin; size <= sizeMax; size *= 2) this.#bySize.set(size, []);
  }

  /**
   * A buffer of at least `bytes` bytes, and of no more than `bytesMax` unless they need it. Contains what its last user left
   * there.
   */
  take(bytes: number, bytesMax: number): Buffer {
    const size = bytes <= sizeMin ? sizeMin : 2 ** (32 - Math.clz32(bytes - 1));
    const length = Math.max(bytes, Math.min(size, bytesMax));
    const found = this.#bySize.get(length)?.pop();
    if (found === undefined) return Buffer.allocUnsafeSlow(length);
    this.#bytes -= length;
    return found;
  }

  /** Returns a buffer, once; neither it nor a view on it may be used any more. */
  give(buffer: Buffer): void {
    const { length } = buffer;
    const list = this.#bySize.get(length);
    if (list === undefined || this.#bytes + length > constants.spareBufferBytesMax) return;
    this.#bytes += length;
    list.push(buffer);
  }
}

/** Those of this thread. */
export const spareBuffers = new SpareBuffers();
