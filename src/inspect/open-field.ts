// The field that is being written now. A short one is kept whole and scanned in a batch; one that is still open when
// results are wanted, or that outgrows its bound, goes on as a native stream, with its beginning kept.

import { asView, copyInto } from '../base/bytes.ts';
import { constants } from '../base/constants.ts';
import { runAtOnce, type Steps, waitFor } from '../base/turn.ts';
import type { HitBuffer } from '../matching/hits.ts';
import { StreamScan } from '../matching/scan.ts';
import type { Scanner } from '../matching/scanner.ts';
import type { FieldClass, FieldTest, PatternPlan } from '../plan/plan.ts';
import { FieldRecord } from './field-record.ts';
import { isLengthOnly, runFieldTests } from './field-tests.ts';
import type { HitTable } from './hit-table.ts';
import { KeptBytes } from './kept-bytes.ts';
import type { PendingFields, PendingTarget } from './pending-fields.ts';
import { followsValue, StreamTests } from './stream-tests.ts';
import { takesWindows, WindowTests } from './window-tests.ts';
import { itemWork } from './work.ts';

/** What an open field works with. */
export interface OpenFieldContext extends PendingTarget {
  readonly pending: PendingFields;
  /** Bytes kept of a value. */
  readonly keptBytesMax: number;
  /** Takes bytes out of what the exchange may keep of values; returns how many were granted. */
  readonly reserve: (bytes: number) => number;
}

/**
 * Bytes beyond the kept beginning that are scanned at once, unless results are wanted before: each piece costs as much again
 * as hundreds of bytes, and how many pieces there are must not depend on how the value was cut.
 */
const blockBytes = 16 * 1024;
/** Tails kept of one stream, for log data and captures of what was found beyond the kept beginning. */
const tailsMax = 16;

const noClass: FieldClass = { native: -1, tests: [], streamTests: [] };

/** One field under way; reused for the next one after `end`. */
export class OpenField {
  readonly #context: OpenFieldContext;
  #record: FieldRecord | undefined;
  #class: FieldClass = noClass;
  /** The value's beginning. */
  readonly #kept: KeptBytes;
  /** Bytes beyond it that wait for more. */
  #block: Buffer | undefined;
  #blockLength = 0;
  /** Bytes given to the stream. */
  #fedBytes = 0;
  #stream: StreamScan | undefined;
  #following: StreamTests | undefined;
  #windows: WindowTests | undefined;
  #isFlushed = true;
  #hasHit = false;
  #tailCount = 0;
  /** Where in the body the field began, or what of it no trial and no detector has read. */
  #from = 0;
  /** The same of the bytes that wait for more. */
  #blockFrom = 0;
  /** Length of the value when rules were shown it in a trial and had nothing against it, and at the last trial; -1: there was none. */
  #passedLength = -1;
  #triedLength = -1;

  constructor(context: OpenFieldContext) {
    this.#context = context;
    this.#kept = new KeptBytes(context.keptBytesMax);
  }

  get isOpen(): boolean {
    return this.#record !== undefined;
  }

  /** What the field is to be known as; a field must be open. */
  get record(): FieldRecord {
    return this.#record as FieldRecord;
  }

  /** Bytes of the value that are kept. */
  get keptLength(): number {
    return this.#kept.length;
  }

  /**
   * Where in the body the field began, while its end may show more of it than its bytes have; of a long one where that began
   * which detectors have not read. Else Infinity.
   */
  get undecidedFrom(): number {
    const record = this.#record;
    if (record === undefined || (this.#class.native < 0 && this.#class.streamTests.length === 0)) return Infinity;
    if (record.length === this.#passedLength) return Infinity;
    // What is longer is never looked at whole: what that leaves unseen is counted.
    return this.#isLong && this.#unreadBytes === 0 ? Infinity : this.#from;
  }

  /** Has rules read the value as if it ended here. `pending` reports to `hits`. True when these are all hits in it. */
  tryInto(pending: PendingFields, hits: HitTable): boolean {
    if (this.#isLong) this.flush();
    const copy = this.#copyRecord();
    this.#triedLength = copy.length;
    if (this.#isLong) {
      this.#windows?.tryInto(copy, hits);
      return false;
    }
    if (this.#class.native >= 0) pending.add(copy, this.#class, this.#kept.memory, this.#kept.length);
    else runFieldTests(this.#class.tests, { record: copy, value: copy.bytes, hits, isStream: false });
    return true;
  }

  /** As `tryInto`, by a copy of its stream; tests that need the value itself read it only with `whole`. Finds only what is new. */
  tryEndInto(hits: HitTable, whole: boolean): void {
    this.flush();
    const field = this.#copyRecord();
    const buffer = this.#context.plan.program.streamHits;
    const count = this.#stream?.tryEnd(buffer) ?? 0;
    for (let index = 0; index < count; index += 1) {
      hits.add(buffer.patternAt(index), { field, to: buffer.toAt(index), tail: undefined });
    }
    if (this.#isLong) this.#windows?.tryInto(field, hits);
    if (this.#isLong || !whole) return;
    const { hits: known } = this.#context;
    const tests = this.#class.streamTests.filter(
      ({ absent }) => absent === undefined || !known.has(absent, this.record),
    );
    runFieldTests(tests, { record: field, value: field.bytes, hits, isStream: true });
  }

  #copyRecord(): FieldRecord {
    const { kind, name, order, length } = this.record;
    const copy = new FieldRecord({ kind, name, order });
    copy.length = length;
    copy.keepBytes(this.#kept.from(0));
    return copy;
  }

  /** Nothing came of a trial: only what comes from here on is undecided. */
  passTrial(from: number): void {
    if (this.#record === undefined || this.#record.length !== this.#triedLength) return;
    this.#passedLength = this.#triedLength;
    this.#from = from;
  }

  /** Bytes of memory that the field holds now, native state included. */
  get memoryBytes(): number {
    const kept = this.#kept.memoryBytes + (this.#block?.length ?? 0) + (this.#record?.keptLength ?? 0);
    return kept + (this.#windows?.memoryBytes ?? 0) + (this.#stream?.stateBytes ?? 0);
  }

  /** Opens a field. `from`: where in the body it began. */
  begin(record: FieldRecord, fieldClass: FieldClass, from = 0): void {
    this.#from = from;
    this.#passedLength = -1;
    this.#triedLength = -1;
    this.#record = record;
    this.#class = fieldClass;
    this.#kept.clear();
    this.#blockLength = 0;
    this.#fedBytes = 0;
    this.#isFlushed = true;
    this.#hasHit = false;
    this.#tailCount = 0;
    this.#following = undefined;
    this.#windows = undefined;
  }

  /** Appends bytes. What goes beyond the kept beginning is scanned block by block. `from`: up to where the body was told before. */
  write(bytes: Uint8Array, from = 0): void {
    const record = this.#record as FieldRecord;
    const kept = this.#kept.append(bytes);
    record.length += bytes.length;
    if (kept < bytes.length && this.#isScanned) this.#gather(bytes.subarray(kept), from);
  }

  /** Makes every hit in the bytes so far known. */
  flush(): void {
    runAtOnce(this.#flush(undefined));
  }

  /** The same, in another thread where that is better: others run meanwhile. Nothing may be written before it is done. */
  flushInSteps(): Steps<void> {
    return this.#flush(this.#context.scanner);
  }

  *#flush(scanner: Scanner | undefined): Steps<void> {
    if (this.#record === undefined) return;
    const fedBytes = Math.max(this.#fedBytes, this.#following?.fedBytes ?? 0);
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
      // Earlier fields are reported first: hits and fields stay in body order.
      this.#context.pending.flush();
      if (this.isStreamed) runAtOnce(this.#scanBlock(true));
      this.#endStream(record);
      this.#runTests(record, value);
      // Whoever keeps it from now on takes it out of the budget of the exchange.
      record.forget();
      this.#context.ended(record, () => value, this.#hasHit);
    }
    this.#record = undefined;
  }

  /** Frees the stream of a field that will not end. Idempotent. */
  discard(): void {
    this.#stream?.discard();
    this.#stream = undefined;
    this.#record = undefined;
  }

  /** Whether anything looks at the value before its end. */
  get #isScanned(): boolean {
    const { native, tests, streamTests } = this.#class;
    return native >= 0 || tests.some(followsValue) || streamTests.some(takesWindows);
  }

  /** Whether the value is longer than what is kept of it. */
  get #isLong(): boolean {
    return this.record.length > this.#context.keptBytesMax;
  }

  /** Bytes of a long value that detectors will read and have not. */
  get #unreadBytes(): number {
    if (!this.#class.streamTests.some(takesWindows)) return 0;
    return this.#blockLength + (this.#windows?.unreadBytes ?? this.#kept.length);
  }

  /** Whether the value is scanned piece by piece. */
  get isStreamed(): boolean {
    return (
      this.#stream !== undefined ||
      this.#following !== undefined ||
      this.#windows !== undefined ||
      this.#blockLength > 0
    );
  }

  #gather(bytes: Uint8Array, bodyFrom: number): void {
    this.#block ??= Buffer.allocUnsafeSlow(blockBytes);
    for (let from = 0; from < bytes.length; ) {
      if (this.#blockLength === 0) this.#blockFrom = bodyFrom;
      const to = Math.min(bytes.length, from + blockBytes - this.#blockLength);
      copyInto(this.#block, this.#blockLength, bytes, from, to);
      this.#blockLength += to - from;
      from = to;
      if (this.#blockLength === blockBytes) runAtOnce(this.#scanBlock(false));
    }
  }

  /** Has detectors read what comes behind the kept beginning, and that before. */
  #detect(bytes: Uint8Array): void {
    if (this.#windows === undefined) {
      const tests = this.#class.streamTests.filter(takesWindows);
      if (tests.length === 0) return;
      // Earlier fields are reported first.
      this.#context.pending.flush();
      this.#windows = new WindowTests(tests, this.#record as FieldRecord, this.#context, this.#kept.length);
      this.#windows.write(this.#kept.from(0));
    }
    this.#hasHit = this.#windows.write(bytes) || this.#hasHit;
    if (this.#windows.unreadBytes <= bytes.length) this.#from = this.#blockFrom;
  }

  /** Scans all bytes that came: those of the kept beginning that were not scanned, and the block. */
  *#scanBlock(flush: boolean, scanner?: Scanner): Steps<void> {
    const block = this.#block === undefined ? undefined : asView(this.#block, 0, this.#blockLength);
    this.#blockLength = 0;
    const isLast = block === undefined || block.length === 0;
    this.#followKept(flush && isLast);
    if (!isLast) this.#follow(block, flush);
    yield* this.#feedKept(flush && isLast, scanner);
    if (!isLast) yield* this.#feed(block, flush, scanner);
    if (!isLast) this.#detect(block);
  }

  /** Feeds what was kept and not yet scanned. */
  #feedKept(flush: boolean, scanner?: Scanner): Steps<void> {
    return this.#feed(this.#kept.from(this.#fedBytes), flush, scanner);
  }

  /** Has the tests that can follow a value see what was kept and not yet given to them. */
  #followKept(flush: boolean): void {
    if (!this.#class.tests.some(followsValue)) return;
    this.#follow(this.#kept.from(this.#following?.fedBytes ?? 0), flush);
  }

  #follow(bytes: Uint8Array, flush: boolean): void {
    if (!this.#class.tests.some(followsValue)) return;
    const record = this.#record as FieldRecord;
    if (this.#following === undefined) {
      // Earlier fields are reported first.
      this.#context.pending.flush();
      this.#following = new StreamTests(this.#class.tests, record, this.#context.hits);
    }
    this.#isFlushed = flush;
    this.#hasHit = this.#following.write(bytes, flush) || this.#hasHit;
  }

  *#feed(bytes: Uint8Array, flush: boolean, scanner?: Scanner): Steps<void> {
    if (this.#class.native < 0 || (bytes.length === 0 && !flush)) return;
    const { plan, pending, work, problems } = this.#context;
    if (work.isSpent) {
      problems.uninspected('scan-work', bytes.length);
      this.#fedBytes += bytes.length;
      this.#isFlushed = flush;
      return;
    }
    if (this.#stream === undefined) {
      pending.flush();
      this.#stream = new StreamScan(plan.program, this.#class.native);
    }
    this.#fedBytes += bytes.length;
    this.#isFlushed = flush;
    const stream = this.#stream;
    const aside = scanner?.feedAside(stream, bytes, flush);
    if (aside === undefined) {
      const buffer = this.#context.plan.program.streamHits;
      stream.feed(bytes, buffer, flush);
      work.spend(buffer.work + itemWork);
      this.#take(buffer, stream);
      return;
    }
    const buffer = yield* waitFor(aside);
    work.spendAside(buffer.work);
    work.spend(itemWork);
    this.#take(buffer, stream);
  }

  #endStream(record: FieldRecord): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    const { problems, work } = this.#context;
    runAtOnce(this.#feedKept(true));
    this.#stream = undefined;
    if (work.isSpent) {
      stream.discard();
      return;
    }
    const buffer = this.#context.plan.program.streamHits;
    const count = stream.end(buffer);
    work.spend(buffer.work + itemWork);
    if (count > 0) this.#take(buffer, undefined);
    if (buffer.isTruncated) problems.uninspected('whole-value-transformation', record.length);
    // What a chain makes of a value can be longer than it: one that is shorter than the window still counts.
    const beyond = Math.max(1, record.length - constants.confirmWindowBytesMax);
    if (buffer.isWindowed) problems.uninspected('unbounded-pattern', beyond);
  }

  #runTests(record: FieldRecord, value: Uint8Array): void {
    const following = this.#following;
    if (following !== undefined) this.#followKept(true);
    const { streamTests } = this.#class;
    const windows = this.#windows;
    const isTaken = (one: FieldTest): boolean =>
      (following !== undefined && followsValue(one)) || (windows !== undefined && takesWindows(one));
    const tests = streamTests.filter((one) => !isTaken(one));
    if (following?.end() === true) this.#hasHit = true;
    if (windows?.end() === true) this.#hasHit = true;
    if (tests.length === 0) return;
    const { problems, hits, work } = this.#context;
    if (work.isSpent) return;
    work.spend(tests.length * (itemWork + value.length));
    const seesValue = tests.some((one) => one.test !== undefined && !isLengthOnly(one.transformations));
    if (seesValue) problems.uninspected('whole-value-operator', record.length - value.length);
    this.#hasHit = runFieldTests(tests, { record, value, hits, isStream: true }) || this.#hasHit;
  }

  /** Copies hits into the table. Those beyond the kept beginning get the value's tail while it can still be had. */
  #take(buffer: HitBuffer, stream: StreamScan | undefined): void {
    const record = this.#record as FieldRecord;
    const { plan, hits } = this.#context;
    for (let index = 0; index < buffer.count; index += 1) {
      const pattern = buffer.patternAt(index);
      if (!hits.isWanted(pattern, record)) continue;
      const to = buffer.toAt(index);
      const { native } = plan.patterns[pattern] as PatternPlan;
      const isBeyond = to > this.#kept.length && native !== undefined;
      const tail = isBeyond ? this.#tailOf(stream, native.chain) : undefined;
      this.#hasHit = hits.add(pattern, { field: record, to, tail }) || this.#hasHit;
    }
  }

  /** The end of the value after a chain, as long as there is room to keep it. */
  #tailOf(stream: StreamScan | undefined, chain: number): Uint8Array | undefined {
    if (stream === undefined || this.#tailCount >= tailsMax) return undefined;
    this.#tailCount += 1;
    const tail = stream.tail(chain);
    if (this.#context.reserve(tail.length) === tail.length) return tail;
    this.#context.problems.uninspected('kept-values', tail.length);
    return undefined;
  }
}
