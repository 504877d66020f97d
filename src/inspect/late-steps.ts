// What decoders report after a turn of the event loop is over: kept, and processed in the following turns, in the same order.
// Nothing is kept while turns suffice. Knows no field.

import type { Limits } from '../base/limits.ts';
import type { Steps } from '../base/turn.ts';
import type { Memory } from './memory.ts';
import type { Work } from './work.ts';

/** Approximate memory of a step, besides what it holds. */
const stepBytes = 128;

/** Steps that wait for a later turn. */
export class LateSteps {
  readonly #work: Work;
  readonly #memory: Memory;
  readonly #heldBytesMax: number;
  #steps: (() => void)[] = [];
  #heldBytes = 0;

  constructor(work: Work, limits: Limits, memory: Memory) {
    this.#memory = memory;
    this.#work = work;
    this.#heldBytesMax = limits.lateBytesMax;
  }

  /** True if a new step must be added rather than done at once. */
  get isNeeded(): boolean {
    return this.#steps.length > 0 || this.#work.isTurnOver;
  }

  /** Whether steps wait for a later turn. */
  get isWaiting(): boolean {
    return this.#steps.length > 0;
  }

  /**
   * Keeps a step for later. If more than `lateBytesMax` is kept, or there is no more room, all steps are done at once: memory is
   * more important than the length of a turn.
   * @param heldBytes length of what the step holds.
   */
  add(step: () => void, heldBytes: number): void {
    this.#steps.push(step);
    const hasRoom = this.#memory.take(stepBytes + heldBytes);
    if (hasRoom) this.#heldBytes += stepBytes + heldBytes;
    if (!hasRoom || this.#heldBytes > this.#heldBytesMax) for (const _ of this.run());
  }

  /** Processes what waits, and yields when a turn is over. Returns whether anything waited. */
  *run(): Steps<boolean> {
    const steps = this.#steps;
    if (steps.length === 0) return false;
    for (const step of steps) {
      if (this.#work.isTurnOver) yield;
      step();
    }
    this.discard();
    return true;
  }

  /** Drops what waits. Idempotent. */
  discard(): void {
    this.#steps = [];
    this.#memory.take(-this.#heldBytes);
    this.#heldBytes = 0;
  }
}
