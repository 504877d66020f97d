// Combines what was found in both directions of an exchange, as if one came after the other. Knows no phase and no rule.

import type { FieldKind } from '../plan/field-kind.ts';
import type { PatternId, PhasePlan } from '../plan/plan.ts';
import type { RuleBits } from '../plan/rule-bits.ts';
import type { FieldRecord } from './field-record.ts';
import type { FieldStore } from './field-store.ts';
import type { Hit, HitTable, ListedHit } from './hit-table.ts';
import type { Memory } from './memory.ts';
import type { Problems } from './problems.ts';
import type { Work } from './work.ts';

/** What rules read of fields: of one direction, or of both. */
export type FoundFields = Pick<FieldStore, 'of' | 'first' | 'count' | 'argumentBytes' | 'fileBytes'>;

/** What rules read of hits: of one direction, or of both. */
export type FoundHits = Pick<HitTable, 'of' | 'everyListed' | 'candidates' | 'addCandidates'>;

/** Fields of the request, then those of the response. No kind of field is in both. */
export class BothFields implements FoundFields {
  readonly #request: FoundFields;
  readonly #response: FoundFields;

  constructor(request: FoundFields, response: FoundFields) {
    this.#request = request;
    this.#response = response;
  }

  of(kind: FieldKind): readonly FieldRecord[] {
    const found = this.#request.of(kind);
    return found.length > 0 ? found : this.#response.of(kind);
  }

  first(kind: FieldKind, key: string): FieldRecord | undefined {
    return this.#request.first(kind, key) ?? this.#response.first(kind, key);
  }

  count(kind: FieldKind): number {
    return this.#request.count(kind) + this.#response.count(kind);
  }

  get argumentBytes(): number {
    return this.#request.argumentBytes + this.#response.argumentBytes;
  }

  get fileBytes(): number {
    return this.#request.fileBytes + this.#response.fileBytes;
  }
}

/** Hits in the request, then those in the response, whatever their order of arrival. */
export class BothHits implements FoundHits {
  readonly #request: FoundHits;
  readonly #response: FoundHits;

  constructor(request: FoundHits, response: FoundHits) {
    this.#request = request;
    this.#response = response;
  }

  of(pattern: PatternId): readonly Hit[] {
    const request = this.#request.of(pattern);
    const response = this.#response.of(pattern);
    if (response.length === 0) return request;
    return request.length === 0 ? response : [...request, ...response];
  }

  everyListed(visit: (hit: ListedHit) => boolean): boolean {
    return this.#request.everyListed(visit) && this.#response.everyListed(visit);
  }

  candidates(phase: PhasePlan, others?: RuleBits): number[] {
    const bits = this.#request.candidates(phase, others);
    this.#response.addCandidates(phase, bits);
    return bits;
  }

  addCandidates(phase: PhasePlan, bits: number[]): void {
    this.#request.addCandidates(phase, bits);
    this.#response.addCandidates(phase, bits);
  }
}

/** What was found in one direction, or in both. */
export interface Found {
  readonly fields: FoundFields;
  readonly hits: FoundHits;
  readonly problems: Problems;
  readonly work: Work;
  readonly memory: Memory;
}

/** What rules of the response see: the findings of both, charged to the response. */
export function bothOf(
  request: Pick<Found, 'fields' | 'hits'>,
  { fields, hits, problems, work, memory }: Found,
): Found {
  return {
    fields: new BothFields(request.fields, fields),
    hits: new BothHits(request.hits, hits),
    problems,
    work,
    memory,
  };
}
