// The field being written. A short one is kept whole and scanned in a batch; one that is still open when results are needed, or
// that exceeds its limit, continues as a native stream, with its beginning kept.

import { asView, copyInto } from '../base/bytes.ts';
import { spareBuffers } from '../base/spare-buffers.ts';
import { runAtOnce, type Steps } from '../base/turn.ts';
import type { Scanner } from '../matching/scanner.ts';
import type { FieldClass } from '../plan/plan.ts';
import { FieldRecord } from './field-record.ts';
import { FieldStream, type FieldStreamContext } from './field-stream.ts';
import { runFieldTests } from './field-tests.ts';
import type { HitTable } from './hit-table.ts';
import { KeptBytes } from './kept-bytes.ts';
import type { PendingFields } from './pending-fields.ts';
import { noClass, PieceTests } from './piece-tests.ts';
import { followsValue } from './stream-tests.ts';
import { takesWindows } from './window-tests.ts';

/** Options of an open field. */
export interface OpenFieldContext extends FieldStreamContext {
  /** Maximum bytes kept of a value. */
  readonly keptBytesMax: number;
}

/**
 * Bytes after the kept beginning that are scanned at once, unless results are needed earlier: each piece costs as much again as
 * hundreds of bytes, and the number of pieces must not depend on how the value was cut.
 */
const blockBytes = 16 * 1024;
/** One open field; reused for the next one after `end`. */
export class OpenField {
  readonly #context: OpenFieldContext;
  #record: FieldRecord | undefined;
  #class: FieldClass = noClass;
  /** The value's beginning. */
  readonly #kept: KeptBytes;
  /** Bytes after it that wait for more. */
  #block: Buffer | undefined;
  #blockLength = 0;
  readonly #stream: FieldStream;
  readonly #tests: PieceTests;
  #isFlushed = true;
  /** The offset in the body of the start of the field, or of what no trial and no detector has read. */
  #from = 0;
  /** The same for the bytes that wait for more. */
  #blockFrom = 0;
  /** Length of the value when rules saw it in a trial without objection; -1: there was no trial. */
  #passedLength = -1;
  #triedLength = -1;

  constructor(context: OpenFieldContext) {
    this.#context = context;
    this.#kept = new KeptBytes(context.keptBytesMax);
    this.#stream = new FieldStream(context, this.#kept);
    this.#tests = new PieceTests(context, this.#kept);
  }

  get isOpen(): boolean {
    return this.#record !== undefined;
  }

  /** The record of the field; a field must be open. */
  get record(): FieldRecord {
    return this.#record as FieldRecord;
  }

  /** Bytes of the value that are kept. */
  get keptLength(): number {
    return this.#kept.length;
  }

  /**
   * The offset in the body of the start of the field, while its end may reveal more than its bytes have; for a long one the start
   * of what detectors have not read. Else Infinity.
   */
  get undecidedFrom(): number {
    const record = this.#record;
    if (record === undefined || (this.#class.native < 0 && this.#class.streamTests.length === 0)) return Infinity;
    if (record.length === this.#passedLength) return Infinity;
    // A longer value is never examined whole; what that leaves unseen is counted.
    return this.#isLong && this.#unreadBytes === 0 ? Infinity : this.#from;
  }

  /** Lets rules see the value as if it ended here. `pending` reports to `hits`. Returns true if these are all hits in it. */
  tryInto(pending: PendingFields, hits: HitTable): boolean {
    if (this.#isLong) this.flush();
    const copy = this.#copyRecord();
    this.#triedLength = copy.length;
    if (this.#isLong) {
      this.#tests.tryWindows(copy, hits);
      return false;
    }
    if (this.#class.native >= 0) pending.add(copy, this.#class, this.#kept.memory, this.#kept.length);
    else runFieldTests(this.#class.tests, { record: copy, value: copy.bytes, hits, isStream: false });
    return true;
  }

  /**
   * Like `tryInto`, with a copy of its stream; tests that need the value itself read it only with `whole`. Finds only what is
   * new.
   */
  tryEndInto(hits: HitTable, whole: boolean): void {
    this.flush();
    const field = this.#copyRecord();
    this.#stream.tryEnd(field, hits);
    if (this.#isLong) this.#tests.tryWindows(field, hits);
    else if (whole) this.#tests.tryWhole(field, hits);
  }

  #copyRecord(): FieldRecord {
    const { kind, name, order, length } = this.record;
    const copy = new FieldRecord({ kind, name, order });
    copy.length = length;
    copy.keepBytes(this.#kept.from(0));
    return copy;
  }

  /** A trial had no result: only what comes from here on is undecided. */
  passTrial(from: number): void {
    if (this.#record === undefined || this.#record.length !== this.#triedLength) return;
    this.#passedLength = this.#triedLength;
    this.#from = from;
  }

  /** Bytes of memory that the field holds now, including native memory. */
  get memoryBytes(): number {
    const kept = this.#kept.memoryBytes + (this.#block?.length ?? 0) + (this.#record?.keptLength ?? 0);
    return kept + this.#tests.memoryBytes + this.#stream.stateBytes;
  }

  /** Opens a field. `from`: its offset in the body. */
  begin(record: FieldRecord, fieldClass: FieldClass, from = 0): void {
    this.#from = from;
    this.#passedLength = -1;
    this.#triedLength = -1;
    this.#record = record;
    this.#class = fieldClass;
    this.#kept.clear();
    this.#blockLength = 0;
    this.#isFlushed = true;
    this.#stream.begin(record, fieldClass.native);
    this.#tests.begin(record, fieldClass);
  }

  /**
   * Appends bytes. What exceeds the kept beginning is scanned block by block. `from`: the offset up to which the body was
   * reported before.
   */
  write(bytes: Uint8Array, from = 0): void {
    const record = this.#record as FieldRecord;
    const kept = this.#kept.append(bytes);
    record.length += bytes.length;
    if (kept < bytes.length && this.#isScanned) this.#gather(bytes.subarray(kept), from);
  }

  /** Completes the hits in all bytes so far. */
  flush(): void {
    runAtOnce(this.#flush(undefined));
  }

  /** The same, in another thread if that is better, while other exchanges run. Nothing may be written before it is done. */
  flushInSteps(): Steps<void> {
    return this.#flush(this.#context.scanner);
  }

  *#flush(scanner: Scanner | undefined): Steps<void> {
    if (this.#record === undefined) return;
    const fedBytes = Math.max(this.#stream.fedBytes, this.#tests.fedBytes);
    if (this.#isFlushed && fedBytes === this.#record.length) return;
    yield* this.#scanBlock(true, scanner);
    if (this.#hasHit) this.#record.keepBytes(this.#kept.from(0));
  }

  /** Ends the field: a short one joins the fields that wait for a batch. */
  end(): void {
    const record = this.#record;
    if (record === undefined) return;
    if (!this.isStreamed && this.#class.native >= 0) {
      this.#context.pending.add(record, this.#class, this.#kept.memory, this.#kept.length);
    } else {
      const value = this.#kept.from(0);
      // Earlier fields are reported first, so hits and fields stay in body order.
      this.#context.pending.flush();
      if (this.isStreamed) runAtOnce(this.#scanBlock(true));
      this.#stream.end();
      this.#tests.end(value);
      // A caller that keeps it from now on takes it from the budget of the exchange.
      record.forget();
      this.#context.ended(record, () => value, this.#hasHit);
    }
    this.#record = undefined;
  }

  /** Frees the stream of a field that will not end, and the memory of all. Idempotent. */
  discard(): void {
    this.#stream.discard();
    this.#record = undefined;
    // An abandoned exchange does not wait for a thread that still reads its bytes: nobody else may write there.
    if (this.#stream.isLent) return;
    this.#kept.release();
    if (this.#block !== undefined) spareBuffers.give(this.#block);
    this.#block = undefined;
    this.#blockLength = 0;
  }

  get #hasHit(): boolean {
    return this.#stream.hasHit || this.#tests.hasHit;
  }

  /** Whether anything looks at the value before its end. */
  get #isScanned(): boolean {
    const { native, tests, streamTests } = this.#class;
    return native >= 0 || tests.some(followsValue) || streamTests.some(takesWindows);
  }

  /** Whether the value is longer than its kept part. */
  get #isLong(): boolean {
    return this.record.length > this.#context.keptBytesMax;
  }

  /** Bytes of a long value that detectors will read but have not yet. */
  get #unreadBytes(): number {
    if (!this.#class.streamTests.some(takesWindows)) return 0;
    return this.#blockLength + this.#tests.unreadBytes;
  }

  /** Whether the value is scanned piece by piece. */
  get isStreamed(): boolean {
    return this.#stream.isOpen || this.#tests.isOpen || this.#blockLength > 0;
  }

  #gather(bytes: Uint8Array, bodyFrom: number): void {
    this.#block ??= spareBuffers.take(blockBytes, blockBytes);
    for (let from = 0; from < bytes.length; ) {
      if (this.#blockLength === 0) this.#blockFrom = bodyFrom;
      const to = Math.min(bytes.length, from + blockBytes - this.#blockLength);
      copyInto(this.#block, this.#blockLength, bytes, from, to);
      this.#blockLength += to - from;
      from = to;
      if (this.#blockLength === blockBytes) runAtOnce(this.#scanBlock(false));
    }
  }

  /** Scans all bytes received: those of the kept beginning that were not scanned, and the block. */
  *#scanBlock(flush: boolean, scanner?: Scanner): Steps<void> {
    const block = this.#block === undefined ? undefined : asView(this.#block, 0, this.#blockLength);
    this.#blockLength = 0;
    const isLast = block === undefined || block.length === 0;
    this.#isFlushed = flush;
    this.#tests.followKept(flush && isLast);
    if (!isLast) this.#tests.follow(block, flush);
    yield* this.#stream.feedKept(flush && isLast, scanner);
    if (isLast) return;
    yield* this.#stream.feed(block, flush, scanner);
    // What the windows have not read now started with this block.
    if (this.#tests.detect(block) && this.#tests.unreadBytes <= block.length) this.#from = this.#blockFrom;
  }
}
