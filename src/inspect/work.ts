// The cost of inspecting one direction of an exchange, in units of work (native/engine/work.h), and its budget: a base amount,
// and more for each byte received. Knows no field and no rule.

import type { Limits } from '../base/limits.ts';
import { turn } from '../base/turn.ts';
import type { Problems } from './problems.ts';

/** TypeScript's work for a field, a hit or a rule, besides native scans. */
export const itemWork = 64;

/** The budget of one direction. Depends on the content and not on how it was cut. */
export class Work {
  readonly #limits: Limits;
  readonly #problems: Problems;
  #spent = 0;
  #granted: number;
  #bodyBytes = 0;
  #grantedBodyBytes = 0;
  /** The grant for the sent bytes of an encoded body; Infinity if the body has no content encoding. */
  #codedGrant = Infinity;
  #isSpent = false;

  constructor(limits: Limits, problems: Problems) {
    this.#limits = limits;
    this.#problems = problems;
    this.#granted = limits.scanWorkMax;
  }

  /** Units spent so far. */
  get spent(): number {
    return this.#spent;
  }

  /** True once more was spent than granted; stays true. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /**
   * True once twice as much was spent as granted: rules, which continue after scans have ended, are then not run to their end
   * either.
   */
  get isOverdrawn(): boolean {
    return this.#spent > 2 * this.#grantedUnits;
  }

  /** True if the rest should wait for the next turn of the event loop. */
  get isTurnOver(): boolean {
    return turn.isOver(this.#limits.turnWorkMax);
  }

  /** Grants work for `bytes` of a message. */
  grant(bytes: number): void {
    this.#granted += bytes * this.#limits.scanWorkRatioMax;
  }

  /**
   * Grants work for `bytes` more of a body: for a whole stride as soon as it begins, so that the pieces in which its bytes arrive
   * make no difference. Nothing is carried over from one stride to the next.
   */
  grantBody(bytes: number): void {
    this.#bodyBytes += bytes;
    const { evaluationStrideBytes: strideBytes } = this.#limits;
    while (this.#grantedBodyBytes < this.#bodyBytes) {
      this.#grantedBodyBytes += strideBytes;
    }
  }

  /** More bytes of a body in a content encoding arrived: the decoded bytes are granted no more than these account for. */
  limitCoded(sentBytes: number): void {
    const before = this.#codedGrant === Infinity ? 0 : this.#codedGrant;
    this.#codedGrant = before + sentBytes * this.#limits.codedWorkRatioMax;
  }

  get #grantedUnits(): number {
    return this.#granted + Math.min(this.#grantedBodyBytes * this.#limits.scanWorkRatioMax, this.#codedGrant);
  }

  /** Counts work done in this turn of the event loop. */
  spend(units: number): void {
    turn.spend(units);
    this.spendAside(units);
  }

  /** Counts work done by another thread, which does not use up the turn. */
  spendAside(units: number): void {
    this.#spent += units;
    if (this.#isSpent || this.#spent <= this.#grantedUnits) return;
    this.#isSpent = true;
    this.#problems.add('limit.work', `inspection takes over ${this.#grantedUnits} units of work`);
  }
}
