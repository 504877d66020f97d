// The memory of a stream for a message that has not arrived completely. It counts with what exchanges hold, so that many
// beginnings cannot fill more than the limit. Knows no transport.

import { heldMemory, type MemoryLimits } from '../base/held-memory.ts';

/** The unfinished message of one stream. */
export class UnfinishedMessage {
  readonly #limits: MemoryLimits;
  #bytes = 0;

  constructor(limits: MemoryLimits) {
    this.#limits = limits;
  }

  /**
   * Sets the bytes held now; must be called with 0 before the stream is dropped.
   * @returns a sentence when there is no room for the increase: the stream must be ended.
   */
  holds(bytes: number): string | undefined {
    const more = bytes - this.#bytes;
    if (more === 0) return undefined;
    this.#bytes = bytes;
    heldMemory.add(more);
    if (more < 0 || heldMemory.hasRoom(bytes, this.#limits)) return undefined;
    return `open exchanges hold ${heldMemory.bytes} bytes of memory, limit ${heldMemory.boundOf(this.#limits)}`;
  }
}
