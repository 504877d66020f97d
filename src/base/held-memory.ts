// Estimated memory held by all open exchanges of this process, and whether there is room for more. Computed from counts and
// lengths, because asking V8 costs more than inspecting a request. Knows no exchange.

import { getHeapStatistics } from 'node:v8';
import type { Limits } from './limits.ts';

/** The limits in use. */
export type MemoryLimits = Pick<Limits, 'memoryBytesMax' | 'lightExchangeBytes'>;

/** Share of V8's object memory (`--max-old-space-size`): the rest is for rules, garbage, and errors of the estimate. */
const heapShare = 0.5;
/** Share of the limit that exchanges holding much may fill, so that small ones can still be admitted. */
const heavyShare = 0.75;

/** How large each half of V8's young generation may become: `--max-semi-space-size` is set to it (cli/heap.ts). */
export const semiSpaceBytesMax: number = 32 * 1024 * 1024;

let heapBytes: number | undefined;

/** What V8 may use for objects that stay: its limit includes the young generation, which takes up to three halves. */
function oldSpaceBytes(): number {
  const { heap_size_limit: limit } = getHeapStatistics();
  return Math.max(limit - 3 * semiSpaceBytesMax, limit / 2);
}

/** Reserves this many bytes for an exchange, or returns some; false: there is no room, and nothing was reserved. */
export type TakeMemory = (bytes: number) => boolean;

/** The sum. Every addition must be subtracted again by the same code. */
class HeldMemory {
  #bytes = 0;

  /** Bytes held by all. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds bytes, or subtracts some. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** What may be held: the limit, or what the heap of this process allows. */
  boundOf({ memoryBytesMax }: MemoryLimits): number {
    heapBytes ??= oldSpaceBytes();
    return Math.min(memoryBytesMax, Math.floor(heapShare * heapBytes));
  }

  /** Whether an exchange that holds `ownBytes` may keep them, given what all others hold now. */
  hasRoom(ownBytes: number, limits: MemoryLimits): boolean {
    const share = ownBytes > limits.lightExchangeBytes ? heavyShare : 1;
    return this.#bytes <= share * this.boundOf(limits);
  }
}

/** The memory of this thread's exchanges. */
export const heldMemory = new HeldMemory();
