// Detectors on a value longer than its kept part: windows of that size, each of which starts with the end of the previous one, at
// offsets that depend only on the value. What no window contains completely (something longer than the overlap) is not seen, and
// is counted.

import { asView, copyInto } from '../base/bytes.ts';
import { constants } from '../base/constants.ts';
import type { FieldTest } from '../plan/plan.ts';
import type { FieldRecord } from './field-record.ts';
import { runFieldTests } from './field-tests.ts';
import type { HitTable } from './hit-table.ts';
import type { Problems } from './problems.ts';
import { itemWork, type Work } from './work.ts';

/** Units of work per byte that a detector reads, as counted by native code (native/engine/work.h). */
const detectorByteWork = 4;

/** Whether a test runs on windows. */
export function takesWindows({ detector }: FieldTest): boolean {
  return detector !== undefined;
}

/** Where results, costs and unseen bytes are reported. */
export interface WindowContext {
  readonly hits: HitTable;
  readonly problems: Problems;
  readonly work: Work;
}

/** The detectors of a class on one field. */
export class WindowTests {
  readonly #tests: readonly FieldTest[];
  readonly #record: FieldRecord;
  readonly #context: WindowContext;
  readonly #window: Buffer;
  readonly #overlap: number;
  #length = 0;
  #writtenBytes = 0;
  /** Bytes of the window that no test has seen. */
  #newBytes = 0;
  #hasHit = false;

  /** @param windowBytes size of a window: the kept beginning, if it is written first, is the first one. */
  constructor(tests: readonly FieldTest[], record: FieldRecord, context: WindowContext, windowBytes: number) {
    this.#tests = tests;
    this.#record = record;
    this.#context = context;
    this.#window = Buffer.allocUnsafeSlow(windowBytes);
    this.#overlap = Math.min(constants.confirmWindowBytesMax, windowBytes >> 1);
  }

  /** Bytes of memory that it holds. */
  get memoryBytes(): number {
    return this.#window.length;
  }

  /** Bytes that no test has read. */
  get unreadBytes(): number {
    return this.#newBytes;
  }

  /**
   * Runs the tests on what they have not read, as if the value ended here; what they find is a hit of `record`, with no other
   * effect.
   */
  tryInto(record: FieldRecord, hits: HitTable): void {
    const value = asView(this.#window, 0, this.#length);
    runFieldTests(this.#open, { record, value, hits, isStream: true });
  }

  /** Takes bytes; borrowed. Returns true if something was found so far. */
  write(bytes: Uint8Array): boolean {
    for (let from = 0; from < bytes.length; ) {
      if (this.#length === this.#window.length) this.#next();
      const to = Math.min(bytes.length, from + this.#window.length - this.#length);
      copyInto(this.#window, this.#length, bytes, from, to);
      this.#length += to - from;
      this.#newBytes += to - from;
      from = to;
      if (this.#length === this.#window.length) this.#test();
    }
    this.#noteBeyond(bytes.length);
    return this.#hasHit;
  }

  /** No test sees what follows the first window together with all before it. Counted immediately, not when the value ends. */
  #noteBeyond(bytes: number): void {
    const before = Math.max(this.#writtenBytes, this.#window.length);
    this.#writtenBytes += bytes;
    this.#context.problems.uninspected('detector-window', this.#writtenBytes - before);
  }

  /** The value is complete. Returns true if something was found. */
  end(): boolean {
    this.#test();
    return this.#hasHit;
  }

  /** Tests that have found nothing yet. */
  get #open(): readonly FieldTest[] {
    return this.#tests.filter(({ pattern }) => !this.#context.hits.has(pattern, this.#record));
  }

  /** Keeps the end of the window as the beginning of the next one. */
  #next(): void {
    this.#window.copyWithin(0, this.#length - this.#overlap, this.#length);
    this.#length = this.#overlap;
  }

  #test(): void {
    const { hits, problems, work } = this.#context;
    if (this.#newBytes === 0) return;
    if (work.isSpent) {
      problems.uninspected('scan-work', this.#newBytes);
      this.#newBytes = 0;
      return;
    }
    this.#newBytes = 0;
    const open = this.#open;
    work.spend(open.length * (itemWork + detectorByteWork * this.#length));
    const value = asView(this.#window, 0, this.#length);
    this.#hasHit = runFieldTests(open, { record: this.#record, value, hits, isStream: true }) || this.#hasHit;
  }
}
