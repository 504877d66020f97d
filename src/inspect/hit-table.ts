// Which pattern was found in which field, as `evaluate` needs it to select rules. Bounded; knows no rule.

import type { Limits } from '../base/limits.ts';
import { bodyKinds } from '../plan/field-kind.ts';
import type { PatternId, PhasePlan, Plan } from '../plan/plan.ts';
import { addRule, addRules, type RuleBits } from '../plan/rule-bits.ts';
import type { FieldRecord } from './field-record.ts';
import { type Memory, memoryCosts } from './memory.ts';

/** A pattern found in a field. */
export interface Hit {
  readonly field: FieldRecord;
  /** Offset after the match in the transformed value; 0 for tests in TypeScript. */
  readonly to: number;
  /** The end of a long field's transformed value as far as it was known when the pattern was found; absent for short fields. */
  readonly tail: Uint8Array | undefined;
}

/** A pattern and the field it was found in. */
export interface ListedHit {
  readonly pattern: PatternId;
  readonly field: FieldRecord;
}

const none: readonly Hit[] = [];

/** Hits that are listed in order; harmless exchanges do not have more. */
const listedMax = 64;

/** The hits of one exchange. */
export class HitTable {
  readonly #plan: Plan;
  readonly #hitsMax: number;
  readonly #nameBytesMax: number;
  readonly #memory: Memory;
  readonly #byPattern = new Map<PatternId, Hit[]>();
  readonly #listed: ListedHit[] = [];
  #count = 0;
  #requestBodyCount = 0;
  #responseBodyCount = 0;
  #nameBytes = 0;
  #lastField: FieldRecord | undefined;

  /** @param memory from which hits are allocated; what does not fit is a problem there. */
  constructor(plan: Plan, limits: Limits, memory: Memory) {
    this.#plan = plan;
    this.#hitsMax = limits.hitsMax;
    this.#nameBytesMax = limits.keptNameBytesMax;
    this.#memory = memory;
  }

  /** Number of hits; increases with each `add`. */
  get count(): number {
    return this.#count;
  }

  /** Number of hits that rules of a body's phase use. */
  countFor(phase: 2 | 4): number {
    return phase === 2 ? this.#requestBodyCount : this.#responseBodyCount;
  }

  /**
   * Adds a hit; returns false if it is not kept. A hit in a kind of field in which no rule looks for the pattern is ignored.
   * Above `hitsMax`, and in fields with names above `keptNameBytesMax`, it is refused and becomes a problem.
   */
  add(pattern: PatternId, hit: Hit): boolean {
    if (!this.isWanted(pattern, hit.field)) return false;
    if (this.#count >= this.#hitsMax) {
      this.#memory.problems.add('limit.hits', `more than ${this.#hitsMax} places where patterns were found`);
      return false;
    }
    const isNew = hit.field !== this.#lastField;
    if (isNew && bodyKinds.has(hit.field.kind)) {
      if (this.#nameBytes + hit.field.name.length > this.#nameBytesMax) {
        this.#memory.problems.add(
          'limit.hits',
          `patterns were found in fields with names of over ${this.#nameBytesMax} bytes`,
        );
        return false;
      }
      this.#nameBytes += hit.field.name.length;
    }
    const fieldBytes = isNew ? memoryCosts.field + 2 * hit.field.name.length : 0;
    if (!this.#memory.remember(memoryCosts.hit + fieldBytes + (hit.tail?.length ?? 0))) return false;
    this.#lastField = hit.field;
    this.#count += 1;
    if (this.#count <= listedMax) this.#listed.push({ pattern, field: hit.field });
    const phases = this.#plan.patterns[pattern]?.phases ?? 0;
    if ((phases & (1 << 2)) !== 0) this.#requestBodyCount += 1;
    if ((phases & (1 << 4)) !== 0) this.#responseBodyCount += 1;
    const hits = this.#byPattern.get(pattern);
    if (hits === undefined) this.#byPattern.set(pattern, [hit]);
    else hits.push(hit);
    return true;
  }

  /** Whether some rule looks for the pattern in fields of this kind. */
  isWanted(pattern: PatternId, { kind }: FieldRecord): boolean {
    return this.#plan.patterns[pattern]?.kinds.has(kind) === true;
  }

  /** Hits of a pattern in the order in which they were found. */
  of(pattern: PatternId): readonly Hit[] {
    return this.#byPattern.get(pattern) ?? none;
  }

  /** Whether `visit` is true for all hits, in the order in which they were found; false if there are too many to list. */
  everyListed(visit: (hit: ListedHit) => boolean): boolean {
    if (this.#count > listedMax) return false;
    for (const hit of this.#listed) if (!visit(hit)) return false;
    return true;
  }

  /** Whether the pattern was found in `field`. Cost: the hits of the pattern. */
  has(pattern: PatternId, field: FieldRecord): boolean {
    return this.of(pattern).some((hit) => hit.field === field);
  }

  /** The same in constant time, for the field with the latest hits. */
  isLastIn(pattern: PatternId, field: FieldRecord): boolean {
    return this.#byPattern.get(pattern)?.at(-1)?.field === field;
  }

  /**
   * Rules of a phase that can match: those that need no hit, and those whose first link has one.
   * @param others rules that are wanted in any case.
   */
  candidates(phase: PhasePlan, others?: RuleBits): number[] {
    const bits = phase.always.slice();
    if (others !== undefined) addRules(bits, others);
    this.addCandidates(phase, bits);
    return bits;
  }

  /** Adds the rules whose first link has a hit. */
  addCandidates(phase: PhasePlan, bits: number[]): void {
    for (const pattern of this.#byPattern.keys()) {
      for (const rule of this.#plan.patterns[pattern]?.rules ?? [])
        if (rule.phase === phase.phase) addRule(bits, rule.index);
    }
  }
}
