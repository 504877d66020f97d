// The kept fields of an exchange, by kind, and counts of the others. Memory is limited by what rules read and by `fieldsMax`, in
// a head as in a body: a query of 55 KB can contain 27,500 fields.

import type { Limits } from '../base/limits.ts';
import { bodyKinds, type FieldKind, fieldKind, fieldKinds, KindSet } from '../plan/field-kind.ts';
import type { Plan, Retention } from '../plan/plan.ts';
import type { FieldRecord, ValueView } from './field-record.ts';
import { type Memory, memoryCosts } from './memory.ts';

const sizedKinds = new KindSet(['ARGS_GET', 'ARGS_GET_NAMES', 'ARGS_POST', 'ARGS_POST_NAMES']);
const fileContent = fieldKind('FILE_CONTENT');
const none: readonly FieldRecord[] = [];
/** Initial counts of each exchange, to be copied. */
const zeros: readonly number[] = new Array<number>(fieldKinds.length).fill(0);
const noRecords: readonly (FieldRecord[] | undefined)[] = new Array(fieldKinds.length).fill(undefined);

/** Kept fields and counters of one exchange. */
export class FieldStore {
  readonly #plan: Plan;
  readonly #limits: Limits;
  readonly #memory: Memory;
  readonly #byKind: (FieldRecord[] | undefined)[] = noRecords.slice();
  /** The first field by key among the first `count` kept ones of a kind. */
  #indexes: ({ readonly byKey: Map<string, FieldRecord>; count: number } | undefined)[] | undefined;
  readonly #counts: number[] = zeros.slice();
  #fieldCount = 0;
  #nameBytes = 0;
  #keptBytes = 0;
  #argumentBytes = 0;
  #fileBytes = 0;

  /** @param memory from which kept fields are allocated; what does not fit is a problem there. */
  constructor(plan: Plan, limits: Limits, memory: Memory) {
    this.#plan = plan;
    this.#limits = limits;
    this.#memory = memory;
  }

  /** Kept fields of a kind, in order. */
  of(kind: FieldKind): readonly FieldRecord[] {
    return this.#byKind[kind] ?? none;
  }

  /**
   * The first kept field of a kind with this key (lower case). Indexed, because a macro may ask for each matching value.
   */
  first(kind: FieldKind, key: string): FieldRecord | undefined {
    this.#indexes ??= [];
    this.#indexes[kind] ??= { byKey: new Map(), count: 0 };
    const index = this.#indexes[kind];
    for (const records = this.of(kind); index.count < records.length; index.count += 1) {
      const record = records[index.count] as FieldRecord;
      if (!index.byKey.has(record.key)) index.byKey.set(record.key, record);
    }
    return index.byKey.get(key);
  }

  /** Number of fields of a kind, kept or not. */
  count(kind: FieldKind): number {
    return this.#counts[kind] as number;
  }

  /** Bytes of argument names and values (ARGS_COMBINED_SIZE). */
  get argumentBytes(): number {
    return this.#argumentBytes;
  }

  /** Bytes of uploaded files (FILES_COMBINED_SIZE). */
  get fileBytes(): number {
    return this.#fileBytes;
  }

  /** Counts a field that ended, and keeps it if a rule may read it. */
  add(record: FieldRecord, view: ValueView): void {
    const { kind, length } = record;
    this.#counts[kind] = (this.#counts[kind] as number) + 1;
    if (sizedKinds.has(kind)) this.#argumentBytes += length;
    if (kind === fileContent) this.#fileBytes += length;
    this.#consider(record, view);
  }

  /**
   * Takes up to `wanted` bytes from the budget for values of body fields. Returns how many may be kept; the caller counts the
   * rest as uninspected where it matters.
   */
  reserve(wanted: number): number {
    const granted = Math.min(wanted, this.#limits.keptValueBytesMax - this.#keptBytes);
    this.#keptBytes += granted;
    return granted;
  }

  /** Keeps the value of a field with hits, as far as there is room. */
  keepValue(record: FieldRecord, value: Uint8Array): void {
    const kept = this.#roomFor(record, value.length);
    record.keepBytes(value.subarray(0, kept));
    this.#memory.problems.uninspected('kept-values', value.length - kept);
  }

  /** Values in heads are limited by the size of the head only. */
  #roomFor({ kind, isReading }: FieldRecord, wanted: number): number {
    const granted = bodyKinds.has(kind) || isReading ? this.reserve(wanted) : wanted;
    return this.#memory.remember(granted) ? granted : 0;
  }

  #consider(record: FieldRecord, view: ValueView): void {
    const retentions = this.#plan.retentions[record.kind];
    if (retentions === undefined) return;
    if (!isAskedFor(retentions, record)) return;
    if (this.#fieldCount >= this.#limits.fieldsMax) {
      this.#memory.problems.add(
        'limit.fields',
        `more than ${this.#limits.fieldsMax} fields that rules count or compare`,
      );
      return;
    }
    this.#nameBytes += record.name.length;
    if (this.#nameBytes > this.#limits.keptNameBytesMax) {
      this.#memory.problems.add(
        'limit.fields',
        `names of over ${this.#limits.keptNameBytesMax} bytes that rules count or compare`,
      );
      return;
    }
    if (!this.#memory.remember(memoryCosts.field + 2 * record.name.length)) return;
    this.#fieldCount += 1;
    this.#remember(record);
    if (!record.hasValue && isValueAskedFor(retentions, record)) {
      const value = view();
      const kept = this.#roomFor(record, value.length);
      record.keepBytes(value.subarray(0, kept));
      if (kept < record.length) this.#memory.problems.uninspected('kept-values', record.length - kept);
    }
  }

  #remember(record: FieldRecord): void {
    const records = this.#byKind[record.kind];
    if (records === undefined) this.#byKind[record.kind] = [record];
    else records.push(record);
  }
}

// A loop: a closure for each field would take as much memory as the field.
function isAskedFor(retentions: readonly Retention[], record: FieldRecord): boolean {
  for (const one of retentions) if (asksFor(one, record)) return true;
  return false;
}

function isValueAskedFor(retentions: readonly Retention[], record: FieldRecord): boolean {
  for (const one of retentions) if (one.keepsValue && asksFor(one, record)) return true;
  return false;
}

/** Comparing the length of names decides for nearly every field, and folding does not change it. */
function asksFor({ selector }: Retention, record: FieldRecord): boolean {
  if (selector === undefined) return true;
  if (selector.name !== undefined && selector.name.length !== record.name.length) return false;
  return selector.accepts(record.key);
}
