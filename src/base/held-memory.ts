// Memory that open exchanges of this process hold, summed over all of them, and whether there is room for more. It is estimated
// from counts and lengths: to ask V8 costs more than to inspect a request. Knows no exchange.

import { getHeapStatistics } from 'node:v8';
import type { Limits } from './limits.ts';

/** The bounds that are looked at. */
export type MemoryLimits = Pick<Limits, 'memoryBytesMax' | 'lightExchangeBytes'>;

/** Of what V8 may use for objects (`--max-old-space-size`): the rest is for rules, for garbage and for what estimates miss. */
const heapShare = 0.5;
/** Of the bound what those may fill that hold much: where they are many, those that hold little are still taken on. */
const heavyShare = 0.75;

let heapBytes: number | undefined;

/** Takes so many bytes more for an exchange, or gives some back; false: there is no room for them, and nothing was taken. */
export type TakeMemory = (bytes: number) => boolean;

/** The sum. Each part of it is given back by whoever added it. */
class HeldMemory {
  #bytes = 0;

  /** Bytes held by all. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds bytes, or takes some off. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** What may be held: the limit, or what the heap of this process allows. */
  boundOf({ memoryBytesMax }: MemoryLimits): number {
    heapBytes ??= getHeapStatistics().heap_size_limit;
    return Math.min(memoryBytesMax, Math.floor(heapShare * heapBytes));
  }

  /** Whether an exchange that holds `ownBytes` may hold them, as things stand. */
  hasRoom(ownBytes: number, limits: MemoryLimits): boolean {
    const share = ownBytes > limits.lightExchangeBytes ? heavyShare : 1;
    return this.#bytes <= share * this.boundOf(limits);
  }
}

/** The memory of this thread's exchanges. */
export const heldMemory = new HeldMemory();
