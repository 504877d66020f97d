// The hits of an exchange if the open values ended here: for rules that are asked about such bytes before these are released.
// Knows no rule.

import type { PatternId, PhasePlan } from '../plan/plan.ts';
import type { RuleBits } from '../plan/rule-bits.ts';
import type { FoundHits } from './both-sides.ts';
import type { FieldRecord } from './field-record.ts';
import type { Hit } from './hit-table.ts';

/** Hits so far without those of open fields, plus the hits of a scan of these. */
export class TrialHits implements FoundHits {
  readonly #known: FoundHits;
  readonly #trial: FoundHits;
  readonly #open: ReadonlySet<FieldRecord>;

  /** @param open the fields that were scanned for `trial`. */
  constructor(known: FoundHits, trial: FoundHits, open: ReadonlySet<FieldRecord>) {
    this.#known = known;
    this.#trial = trial;
    this.#open = open;
  }

  of(pattern: PatternId): readonly Hit[] {
    const known = this.#known.of(pattern);
    const isTried = known.some(({ field }) => this.#open.has(field));
    const others = isTried ? known.filter(({ field }) => !this.#open.has(field)) : known;
    const trial = this.#trial.of(pattern);
    return trial.length === 0 ? others : [...others, ...trial];
  }

  /** Not listed: trials are seldom alike. */
  everyListed(): boolean {
    return false;
  }

  candidates(phase: PhasePlan, others?: RuleBits): number[] {
    const bits = this.#known.candidates(phase, others);
    this.#trial.addCandidates(phase, bits);
    return bits;
  }

  addCandidates(phase: PhasePlan, bits: number[]): void {
    this.#known.addCandidates(phase, bits);
    this.#trial.addCandidates(phase, bits);
  }
}
