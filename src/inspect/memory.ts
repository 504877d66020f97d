// An estimate of the memory that one direction of an exchange holds: what it keeps until its end, and what it holds temporarily.
// Part of the total of all open exchanges, and returned at the end. Knows no field and no rule.

import { heldMemory, type TakeMemory } from '../base/held-memory.ts';
import type { Limits } from '../base/limits.ts';
import type { Problems } from './problems.ts';

/** Approximate memory of objects besides the texts in them, in bytes: measured on Node 24. */
export const memoryCosts = {
  /** An exchange without any content: state, decoders, a stream of Envoy. */
  exchange: 24 * 1024,
  header: 128,
  field: 192,
  hit: 64,
  /** A rule that matched, as logged. */
  report: 512,
  /** A match while its rule runs. */
  match: 256,
  /** A variable set by rules. */
  variable: 128,
} as const;

/** Its limits. */
export type DirectionMemoryLimits = Pick<Limits, 'memoryBytesMax' | 'exchangeMemoryBytesMax' | 'lightExchangeBytes'>;

/**
 * The memory of one direction. What it keeps, and the limit on that, depends on the content and not on how it was cut; the total
 * of all exchanges does not, and exceeding it is an overload.
 */
export class Memory {
  readonly problems: Problems;
  readonly #limits: DirectionMemoryLimits;
  #rememberedBytes = 0;
  #takenBytes = 0;
  #openBytes = 0;
  #isClosed = false;

  constructor(limits: DirectionMemoryLimits, problems: Problems) {
    this.#limits = limits;
    this.problems = problems;
  }

  /** Bytes in total. */
  get bytes(): number {
    return this.#rememberedBytes + this.#takenBytes + this.#openBytes;
  }

  /**
   * Allocates memory for something kept to the end, or until `forget`.
   * @returns whether there is room. If not, that is a problem, nothing was allocated, and it should not be kept.
   */
  remember(bytes: number): boolean {
    if (this.#isClosed) return true;
    const { exchangeMemoryBytesMax } = this.#limits;
    if (this.#rememberedBytes + bytes > exchangeMemoryBytesMax) {
      this.problems.add('limit.memory', `inspection takes over ${exchangeMemoryBytesMax} bytes of memory`);
      return false;
    }
    if (!this.#grow(bytes)) {
      this.#addOverload();
      return false;
    }
    this.#rememberedBytes += bytes;
    return true;
  }

  /** Returns memory allocated with `remember`. */
  forget(bytes: number): void {
    if (this.#isClosed) return;
    this.#rememberedBytes -= bytes;
    heldMemory.add(-bytes);
  }

  /** Allocates memory with its own limit: the window of a coding. False if there is no room, which the caller reports. */
  readonly take: TakeMemory = (bytes) => {
    if (this.#isClosed) return true;
    const hasRoom = this.#grow(bytes);
    if (hasRoom) this.#takenBytes += bytes;
    return hasRoom;
  };

  /** Sets the memory of fields that are open now, replacing the last value. Without room it is held anyway, and is a problem. */
  hold(bytes: number): void {
    if (this.#isClosed) return;
    const growth = bytes - this.#openBytes;
    if (!this.#grow(growth)) {
      heldMemory.add(growth);
      this.#addOverload();
    }
    this.#openBytes = bytes;
  }

  /** Returns all memory; nothing is counted any more. Idempotent. */
  close(): void {
    heldMemory.add(-this.bytes);
    this.#rememberedBytes = 0;
    this.#takenBytes = 0;
    this.#openBytes = 0;
    this.#isClosed = true;
  }

  #grow(bytes: number): boolean {
    heldMemory.add(bytes);
    if (bytes <= 0 || heldMemory.hasRoom(this.bytes + bytes, this.#limits)) return true;
    heldMemory.add(-bytes);
    return false;
  }

  #addOverload(): void {
    const bound = heldMemory.boundOf(this.#limits);
    this.problems.add('overload', `open exchanges hold ${heldMemory.bytes} of ${bound} bytes of memory`);
  }
}
