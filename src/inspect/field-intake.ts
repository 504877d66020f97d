// Handles a new field: its number, its class, and its scan, immediately if the value is complete, else through an open field.
// Keeps what rules will read. Knows nothing about turns of the event loop.

import type { FieldSource } from '../http/field.ts';
import { type FieldKind, fieldKind, isRecurringHeader, kindsOfSource, recurringKinds } from '../plan/field-kind.ts';
import type { FieldClass, Plan } from '../plan/plan.ts';
import { FieldRecord } from './field-record.ts';
import type { FieldStore } from './field-store.ts';
import { runFieldTests } from './field-tests.ts';
import type { HitTable } from './hit-table.ts';
import type { OpenField } from './open-field.ts';
import type { FieldEnded, PendingFields } from './pending-fields.ts';
import { itemWork, type Work } from './work.ts';

const requestHeaders = fieldKind('REQUEST_HEADERS');
const responseHeaders = fieldKind('RESPONSE_HEADERS');

/** Options of an intake. */
export interface FieldIntakeOptions {
  readonly plan: Plan;
  readonly hits: HitTable;
  readonly work: Work;
  readonly pending: PendingFields;
  readonly ended: FieldEnded;
  /** The number before that of the first field. */
  readonly firstOrder: number;
}

/** Accepts the fields of one direction, in order. */
export class FieldIntake {
  readonly #plan: Plan;
  readonly #hits: HitTable;
  readonly #work: Work;
  readonly #pending: PendingFields;
  readonly #ended: FieldEnded;
  #order: number;
  /** The source of the last field, which is usually that of the next. */
  #lastSource: FieldSource | undefined;
  #lastKinds: ReturnType<typeof kindsOfSource> | undefined;

  constructor({ plan, hits, work, pending, ended, firstOrder }: FieldIntakeOptions) {
    this.#plan = plan;
    this.#hits = hits;
    this.#work = work;
    this.#pending = pending;
    this.#ended = ended;
    this.#order = firstOrder;
  }

  /** Kinds of a source's values and names. */
  kindsOf(source: FieldSource): ReturnType<typeof kindsOfSource> {
    if (this.#lastKinds === undefined || this.#lastSource !== source) {
      this.#lastSource = source;
      this.#lastKinds = kindsOfSource(source);
    }
    return this.#lastKinds;
  }

  /** Accepts a field with a complete value, which is kept. `name` is empty for kinds that are not collections. */
  addWhole(kind: FieldKind, name: string, value: string): void {
    const record = this.#record(kind, name);
    record.keepText(value);
    this.#scan(record, this.#classOf(record), value);
  }

  /** Opens a field of a source whose value arrives piece by piece; its name is a separate field. `from`: as in `OpenField.begin`. */
  begin(field: OpenField, source: FieldSource, name: string, from: number): void {
    const kinds = this.kindsOf(source);
    if (kinds.name !== undefined) this.addWhole(kinds.name, name, name);
    const record = this.#record(kinds.value, name, kinds.isReading);
    field.begin(record, this.#classOf(record), from);
  }

  /** Opens the field for the raw body. */
  beginRaw(field: OpenField, kind: 'REQUEST_BODY' | 'RESPONSE_BODY'): void {
    const record = this.#record(fieldKind(kind), '');
    field.begin(record, this.#classOf(record));
  }

  #record(kind: FieldKind, name: string, isReading = false): FieldRecord {
    this.#order += 1;
    return new FieldRecord({ kind, name, order: this.#order, isReading });
  }

  #scan(record: FieldRecord, fieldClass: FieldClass, value: string): void {
    if (fieldClass.native >= 0) {
      if (isRecurring(record)) this.#pending.addRecurring(record, fieldClass, value);
      else this.#pending.add(record, fieldClass, value);
      return;
    }
    this.#test(record, fieldClass, value);
  }

  // Separate from `#scan`: a function that creates a closure costs as much as a field on every call.
  #test(record: FieldRecord, { tests }: FieldClass, value: string): void {
    this.#work.spend(itemWork + tests.length * value.length);
    const hasHit = tests.length > 0 && runFieldTests(tests, { record, value, hits: this.#hits, isStream: false });
    this.#ended(record, () => record.bytes, hasHit);
  }

  #classOf(record: FieldRecord): FieldClass {
    const { kind } = record;
    if (kind === requestHeaders || kind === responseHeaders) {
      const named = kind === requestHeaders ? this.#plan.requestHeaderClasses : this.#plan.responseHeaderClasses;
      const own = named.get(record.key);
      if (own !== undefined) return own;
    }
    return this.#plan.classes[kind] as FieldClass;
  }
}

function isRecurring(record: FieldRecord): boolean {
  const { kind } = record;
  return recurringKinds.has(kind) || (kind === requestHeaders && isRecurringHeader(record.key));
}

/** Keeps what rules will read: fields with hits, and those that a rule counts or compares. */
export function rememberIn(fields: FieldStore, onField: FieldEnded | undefined): FieldEnded {
  return (record, view, hasHit) => {
    if (hasHit && !record.isWhole) fields.keepValue(record, view());
    if (!record.isReading) fields.add(record, view);
    onField?.(record, view, hasHit);
  };
}
