// The memory that a stream takes for a message that has not come whole. It counts with what exchanges hold, so whoever sends many
// beginnings fills no more than they may. Knows no transport.

import { heldMemory, type MemoryLimits } from '../base/held-memory.ts';

/** Of one stream. */
export class UnfinishedMessage {
  readonly #limits: MemoryLimits;
  #bytes = 0;

  constructor(limits: MemoryLimits) {
    this.#limits = limits;
  }

  /**
   * So many bytes are held now; 0 must come before the stream is forgotten.
   * @returns a sentence when there is no room for more than before: the stream must be ended.
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
