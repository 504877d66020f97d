// The tests in TypeScript of a value that arrives in pieces: those that can follow it, detectors on windows of it, and at its end
// those that need the whole value. Knows no native scan.

import type { FieldClass, FieldTest } from '../plan/plan.ts';
import type { FieldRecord } from './field-record.ts';
import { isLengthOnly, runFieldTests } from './field-tests.ts';
import type { HitTable } from './hit-table.ts';
import type { KeptBytes } from './kept-bytes.ts';
import type { PendingFields } from './pending-fields.ts';
import { followsValue, StreamTests } from './stream-tests.ts';
import { takesWindows, type WindowContext, WindowTests } from './window-tests.ts';
import { itemWork } from './work.ts';

/** The class of no field. */
export const noClass: FieldClass = { native: -1, tests: [], streamTests: [] };

/** Options of the tests. */
export interface PieceTestsContext extends WindowContext {
  /** Fields that came earlier, which are reported before anything in this one. */
  readonly pending: PendingFields;
}

/** Tests one field after the other; `begin` comes first. */
export class PieceTests {
  readonly #context: PieceTestsContext;
  readonly #kept: KeptBytes;
  #record: FieldRecord | undefined;
  #class: FieldClass = noClass;
  #following: StreamTests | undefined;
  #windows: WindowTests | undefined;
  #hasHit = false;

  /** @param kept the beginning of the value. */
  constructor(context: PieceTestsContext, kept: KeptBytes) {
    this.#context = context;
    this.#kept = kept;
  }

  /** Starts a field; nothing of the last one is left. */
  begin(record: FieldRecord, fieldClass: FieldClass): void {
    this.#record = record;
    this.#class = fieldClass;
    this.#following = undefined;
    this.#windows = undefined;
    this.#hasHit = false;
  }

  /** Whether a test has read a piece. */
  get isOpen(): boolean {
    return this.#following !== undefined || this.#windows !== undefined;
  }

  /** Bytes of the value given to the tests that follow it. */
  get fedBytes(): number {
    return this.#following?.fedBytes ?? 0;
  }

  /** Whether a hit was added that rules may use. */
  get hasHit(): boolean {
    return this.#hasHit;
  }

  /** Bytes of memory that windows hold. */
  get memoryBytes(): number {
    return this.#windows?.memoryBytes ?? 0;
  }

  /** Bytes so far that detectors will read but have not yet. */
  get unreadBytes(): number {
    return this.#windows?.unreadBytes ?? this.#kept.length;
  }

  /** Gives tests that can follow a value the kept part that they have not received. */
  followKept(flush: boolean): void {
    if (!this.#class.tests.some(followsValue)) return;
    this.follow(this.#kept.from(this.fedBytes), flush);
  }

  /** Gives tests that can follow a value the next bytes; borrowed. */
  follow(bytes: Uint8Array, flush: boolean): void {
    if (!this.#class.tests.some(followsValue)) return;
    if (this.#following === undefined) {
      this.#context.pending.flush();
      this.#following = new StreamTests(this.#class.tests, this.#record as FieldRecord, this.#context.hits);
    }
    this.#hasHit = this.#following.write(bytes, flush) || this.#hasHit;
  }

  /**
   * Gives detectors the bytes after the kept beginning, and that beginning first; borrowed. Returns whether there are any
   * detectors.
   */
  detect(bytes: Uint8Array): boolean {
    if (this.#windows === undefined) {
      const tests = this.#class.streamTests.filter(takesWindows);
      if (tests.length === 0) return false;
      this.#context.pending.flush();
      this.#windows = new WindowTests(tests, this.#record as FieldRecord, this.#context, this.#kept.length);
      this.#windows.write(this.#kept.from(0));
    }
    this.#hasHit = this.#windows.write(bytes) || this.#hasHit;
    return true;
  }

  /** The value is complete: ends the tests that read pieces and runs the others on `value`, its kept part. */
  end(value: Uint8Array): void {
    const following = this.#following;
    const windows = this.#windows;
    if (following !== undefined) this.followKept(true);
    if (following?.end() === true) this.#hasHit = true;
    if (windows?.end() === true) this.#hasHit = true;
    const hasRead = (one: FieldTest): boolean =>
      (following !== undefined && followsValue(one)) || (windows !== undefined && takesWindows(one));
    this.#runWhole(
      this.#class.streamTests.filter((one) => !hasRead(one)),
      value,
    );
  }

  #runWhole(tests: readonly FieldTest[], value: Uint8Array): void {
    const { problems, hits, work } = this.#context;
    if (tests.length === 0 || work.isSpent) return;
    work.spend(tests.length * (itemWork + value.length));
    const record = this.#record as FieldRecord;
    const seesValue = tests.some((one) => one.test !== undefined && !isLengthOnly(one.transformations));
    if (seesValue) problems.uninspected('whole-value-operator', record.length - value.length);
    this.#hasHit = runFieldTests(tests, { record, value, hits, isStream: true }) || this.#hasHit;
  }

  /** Reports to `hits`, as hits in `field`, what detectors find in the open window if the value ends here. */
  tryWindows(field: FieldRecord, hits: HitTable): void {
    this.#windows?.tryInto(field, hits);
  }

  /** The same for tests at the end of a value short enough to be kept whole. */
  tryWhole(field: FieldRecord, hits: HitTable): void {
    const { hits: known } = this.#context;
    const record = this.#record as FieldRecord;
    const tests = this.#class.streamTests.filter(({ absent }) => absent === undefined || !known.has(absent, record));
    runFieldTests(tests, { record: field, value: field.bytes, hits, isStream: true });
  }
}
