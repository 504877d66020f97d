// Triggers garbage collection by the bytes received, not only by the number of objects. Knows no stream.
//
// The native transport frees the memory of large messages as soon as they have been read (ReplyStream.done). What is counted here
// is the rest: small messages, and all messages of grpc-js.
//
// A chunk of 64 KiB is a small object that holds memory outside of V8's heap. V8 collects when its space for new objects is full
// of such small objects, after hundreds of MiB of traffic, and until then every buffer is kept: memory would go up and down by 50
// MiB. A collection of new objects takes about a millisecond, a hundredth of what scanning those bytes takes. Chunks that wait
// while others are inspected, as those of compressed bodies do, are no longer new when they are dropped. For them a full
// collection, which takes tens of milliseconds, runs when the memory held outside of the heap has grown too much.

import { getHeapStatistics } from 'node:v8';
import { collectGarbage } from '../base/collect-garbage.ts';
import type { Limits } from '../base/limits.ts';

/** What can be collected, and how much is held. */
export interface Collector {
  /** Collects new objects that are no longer used. */
  readonly young: () => void;
  /** Collects all objects that are no longer used. */
  readonly all: () => void;
  /** Bytes that objects hold outside of the heap, garbage included. */
  readonly heldBytes: () => number;
}

const nodeCollector: Collector = {
  young: () => collectGarbage({ type: 'minor' }),
  all: () => collectGarbage({ type: 'major' }),
  heldBytes: () => getHeapStatistics().external_memory,
};

/** The memory held by many exchanges grows with their number: a quarter more is not a sign of garbage. */
const heldGrowthMax = 1.25;

/** How much may arrive between two collections. */
export type GarbageLimits = Pick<Limits, 'uncollectedBytesMax' | 'uncollectedOldBytesMax'>;

/** Counts bytes of all streams of a process. */
export class ChunkGarbage {
  readonly #limits: GarbageLimits;
  readonly #collector: Collector;
  #bytes = 0;
  /** The lowest amount held since the last full collection. */
  #heldLeast = Infinity;

  constructor(bounds: GarbageLimits, collector: Collector = nodeCollector) {
    this.#limits = bounds;
    this.#collector = collector;
  }

  /** Counts `bytes` that arrived in a buffer of their own. Collects when it is time. */
  received(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < this.#limits.uncollectedBytesMax) return;
    this.#bytes = 0;
    this.#collector.young();
    const held = this.#collector.heldBytes();
    this.#heldLeast = Math.min(this.#heldLeast, held);
    if (held <= this.#heldLeast * heldGrowthMax + this.#limits.uncollectedOldBytesMax) return;
    this.#collector.all();
    // Buffers are freed concurrently: the amount held is read at the next call.
    this.#heldLeast = Infinity;
  }
}
