// What inspecting one direction of an exchange has cost, in units of work (native/engine/work.h), and what it may cost: so
// much in any case, and so much more for each byte that came. Knows no field and no rule.

import type { Limits } from '../base/limits.ts';
import { turn } from '../base/turn.ts';
import type { Problems } from './problems.ts';

/** What TypeScript does for a field, a hit or a rule, beside native scans. */
export const itemWork = 64;

/** The budget of one direction. Depends on what came and not on how it was cut. */
export class Work {
  readonly #limits: Limits;
  readonly #problems: Problems;
  #spent = 0;
  #granted: number;
  #bodyBytes = 0;
  #grantedBodyBytes = 0;
  /** What the sent bytes of a coded body account for; Infinity where a body is in no coding. */
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

  /** True once more was spent than is granted; from then on for good. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** True once twice as much was spent as is granted: rules, which run on when scans have ended, are not run to their end either. */
  get isOverdrawn(): boolean {
    return this.#spent > 2 * this.#grantedUnits;
  }

  /** True when the rest should wait for the next turn of the event loop. */
  get isTurnOver(): boolean {
    return turn.isOver(this.#limits.turnWorkMax);
  }

  /** Grants what `bytes` of a message may cost. */
  grant(bytes: number): void {
    this.#granted += bytes * this.#limits.scanWorkRatioMax;
  }

  /**
   * Grants what `bytes` more of a body may cost: all of a stride as soon as it begins, so that the pieces in which its bytes come
   * make no difference. None may reach from one stride into the next.
   */
  grantBody(bytes: number): void {
    this.#bodyBytes += bytes;
    const { evaluationStrideBytes: strideBytes } = this.#limits;
    while (this.#grantedBodyBytes < this.#bodyBytes) {
      this.#grantedBodyBytes += strideBytes;
    }
  }

  /** Says that so many more bytes of a body in a content coding came: what they stand for is granted no more than they account for. */
  limitCoded(sentBytes: number): void {
    const before = this.#codedGrant === Infinity ? 0 : this.#codedGrant;
    this.#codedGrant = before + sentBytes * this.#limits.codedWorkRatioMax;
  }

  get #grantedUnits(): number {
    return this.#granted + Math.min(this.#grantedBodyBytes * this.#limits.scanWorkRatioMax, this.#codedGrant);
  }

  /** Counts work that was done in this turn of the event loop. */
  spend(units: number): void {
    turn.spend(units);
    this.spendAside(units);
  }

  /** Counts work that another thread did: it took nothing of the turn. */
  spendAside(units: number): void {
    this.#spent += units;
    if (this.#isSpent || this.#spent <= this.#grantedUnits) return;
    this.#isSpent = true;
    this.#problems.add('limit.work', `inspection takes over ${this.#grantedUnits} units of work`);
  }
}
