// The memory that one direction of an exchange holds, an estimate: what it remembers until it is over, and what it holds just
// now. It is part of what all open exchanges hold, and given back at the end. Knows no field and no rule.

import { heldMemory, type TakeMemory } from '../base/held-memory.ts';
import type { Limits } from '../base/limits.ts';
import type { Problems } from './problems.ts';

/** About what things take in memory besides the texts in them, in bytes: measured on Node 24. */
export const memoryCosts = {
  /** An exchange without anything that is sent: state, decoders, a stream of Envoy's. */
  exchange: 24 * 1024,
  header: 128,
  field: 192,
  hit: 64,
  /** A rule that matched, as logs show it. */
  report: 512,
  /** A match while its rule runs. */
  match: 256,
  /** A variable that rules set. */
  variable: 128,
} as const;

/** Bounds of it. */
export type DirectionMemoryLimits = Pick<Limits, 'memoryBytesMax' | 'exchangeMemoryBytesMax' | 'lightExchangeBytes'>;

/**
 * The memory of one direction. What is remembered depends on what came and not on how it was cut, and so does its bound; what all
 * exchanges hold together does not, which is an overload.
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

  /** Bytes in all. */
  get bytes(): number {
    return this.#rememberedBytes + this.#takenBytes + this.#openBytes;
  }

  /**
   * Takes memory for something that is remembered to the end, or until `forget`.
   * @returns whether there is room for it. If not, that is a problem, and it had better not be remembered: nothing was taken.
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

  /** Gives back what `remember` took. */
  forget(bytes: number): void {
    if (this.#isClosed) return;
    this.#rememberedBytes -= bytes;
    heldMemory.add(-bytes);
  }

  /** Takes memory that has a bound of its own: a window of a coding. False where there is no room, which is the caller's to report. */
  readonly take: TakeMemory = (bytes) => {
    if (this.#isClosed) return true;
    const hasRoom = this.#grow(bytes);
    if (hasRoom) this.#takenBytes += bytes;
    return hasRoom;
  };

  /** Says how much fields take that are open now, in place of what was said last. Without room it is held all the same, and a problem. */
  hold(bytes: number): void {
    if (this.#isClosed) return;
    const growth = bytes - this.#openBytes;
    if (!this.#grow(growth)) {
      heldMemory.add(growth);
      this.#addOverload();
    }
    this.#openBytes = bytes;
  }

  /** Gives it all back; nothing is counted any more. Idempotent. */
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
