// Short fields that wait for their scan: one native call for all of them. Reports hits to the table, and each field when it is
// done. Knows no rule.

import { asView } from '../base/bytes.ts';
import { type Steps, waitFor } from '../base/turn.ts';
import type { HitBuffer } from '../matching/hits.ts';
import { fieldFlagRecurring, fieldWords } from '../matching/native.ts';
import { createBatchHits, FieldBatch, scanBatch } from '../matching/scan.ts';
import type { Scanner } from '../matching/scanner.ts';
import type { FieldClass, Plan } from '../plan/plan.ts';
import type { FieldRecord, ValueView } from './field-record.ts';
import { runFieldTests } from './field-tests.ts';
import type { HitTable } from './hit-table.ts';
import type { Problems } from './problems.ts';
import { itemWork, type Work } from './work.ts';

/** Called for each field once its hits are known. `hasHit`: rules may use it. */
export type FieldEnded = (record: FieldRecord, view: ValueView, hasHit: boolean) => void;

/** Where pending fields report to. */
export interface PendingTarget {
  readonly plan: Plan;
  readonly hits: HitTable;
  readonly problems: Problems;
  /** The budget of scans; once it is spent nothing more is scanned, which becomes a problem. */
  readonly work: Work;
  readonly ended: FieldEnded;
  /** Scans in other threads; absent: all scans run here. */
  readonly scanner?: Scanner | undefined;
}

/** A batch and the fields in it, in the same order. The lists keep their memory for the next fields. */
class Waiting {
  readonly batch = new FieldBatch();
  readonly records: (FieldRecord | undefined)[] = [];
  readonly classes: (FieldClass | undefined)[] = [];

  clear(): void {
    this.records.fill(undefined, 0, this.batch.count);
    this.classes.fill(undefined, 0, this.batch.count);
    this.batch.clear();
  }
}

/** Unused batches. An exchange holds one only while fields wait, so that slow senders cost little. */
const free: Waiting[] = [];
const freeMax = 64;

/** Buffer for the hits of one call: calls never overlap. */
let sharedHits: HitBuffer | undefined;

/** Fields waiting for one scan. */
export class PendingFields {
  readonly #target: PendingTarget;
  #waiting: Waiting | undefined;
  /** Another thread is reading the batch. */
  #isLent = false;

  constructor(target: PendingTarget) {
    this.#target = target;
  }

  /**
   * Adds a complete field; its bytes are copied. Scans what waits if the batch is full.
   * @param length how much of `value` belongs to the field, from its start.
   */
  add(record: FieldRecord, fieldClass: FieldClass, value: Uint8Array | string, length: number = value.length): void {
    this.#makeRoom(record, fieldClass, length).add(fieldClass.native, value, length);
  }

  /** The same for a value that recurs in many requests. */
  addRecurring(record: FieldRecord, fieldClass: FieldClass, value: string): void {
    this.#makeRoom(record, fieldClass, value.length).add(fieldClass.native + fieldFlagRecurring, value);
  }

  /** The batch that takes the next field of `length` bytes. */
  #makeRoom(record: FieldRecord, fieldClass: FieldClass, length: number): FieldBatch {
    if (this.#waiting?.batch.isFullFor(length) === true) this.flush();
    this.#waiting ??= free.pop() ?? new Waiting();
    const { batch, records, classes } = this.#waiting;
    records[batch.count] = record;
    classes[batch.count] = fieldClass;
    return batch;
  }

  /** Whether none waits. */
  get isEmpty(): boolean {
    return this.#waiting === undefined;
  }

  /** Scans all that wait. */
  flush(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const { batch } = waiting;
    try {
      sharedHits ??= createBatchHits();
      const { plan, work, problems } = this.#target;
      if (work.isSpent) {
        problems.uninspected('scan-work', batch.bytes);
        sharedHits.clear();
      } else {
        scanBatch(plan.program, batch, sharedHits);
        work.spend(sharedHits.work + itemWork * batch.count);
      }
      this.#report(waiting, sharedHits);
    } finally {
      this.discard();
    }
  }

  /**
   * The same, in another thread if that is better: then in steps, while other exchanges run, and nothing may be added before they
   * are done. Undefined: done without a step.
   */
  flushInSteps(): Steps<void> | undefined {
    const { plan, scanner, work } = this.#target;
    const waiting = this.#waiting;
    const aside = waiting === undefined || work.isSpent ? undefined : scanner?.scanAside(plan.program, waiting.batch);
    if (waiting !== undefined && aside !== undefined) return this.#takeFrom(aside, waiting);
    this.flush();
    return undefined;
  }

  *#takeFrom(aside: Promise<HitBuffer>, waiting: Waiting): Steps<void> {
    const { work } = this.#target;
    const returned = (): void => {
      this.#isLent = false;
    };
    this.#isLent = true;
    aside.then(returned, returned);
    try {
      const hits = yield* waitFor(aside);
      work.spendAside(hits.work);
      work.spend(itemWork * waiting.batch.count);
      this.#report(waiting, hits);
    } finally {
      this.discard();
    }
  }

  /** Drops what waits and releases the memory. Idempotent. */
  discard(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    // An abandoned exchange does not wait for the thread that still reads it.
    if (this.#isLent) return;
    waiting.clear();
    if (free.length < freeMax) free.push(waiting);
  }

  /** Hits come in the order of fields, so one pass over both pairs them. */
  #report({ batch, records, classes }: Waiting, found: HitBuffer): void {
    const { hits, work, ended } = this.#target;
    const hitCount = found.count;
    let next = 0;
    let index = 0;
    const view = (): Uint8Array => valueAt(batch, index);
    for (; index < batch.count; index += 1) {
      const record = records[index] as FieldRecord;
      let hasHit = false;
      for (; next < hitCount && found.fieldAt(next) === index; next += 1) {
        const hit = { field: record, to: found.toAt(next), tail: undefined };
        hasHit = hits.add(found.patternAt(next), hit) || hasHit;
      }
      const { tests } = classes[index] as FieldClass;
      if (tests.length > 0 && !work.isSpent) {
        work.spend(tests.length * (itemWork + record.length));
        const value = record.wholeText ?? view();
        hasHit = runFieldTests(tests, { record, value, hits, isStream: false }) || hasHit;
      }
      ended(record, view, hasHit);
    }
  }
}

/** A field's value in the batch's slab. Borrowed. */
function valueAt(batch: FieldBatch, index: number): Uint8Array {
  const from = batch.table[index * fieldWords + 1] as number;
  return asView(batch.slab, from, from + (batch.table[index * fieldWords + 2] as number));
}
