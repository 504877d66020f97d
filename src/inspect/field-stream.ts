// The native scan of a value that arrives in pieces: feeds them in order, here or in another thread, and copies hits to the
// table. Knows no test in TypeScript and does not keep the value.

import { constants } from '../base/constants.ts';
import { runAtOnce, type Steps, waitFor } from '../base/turn.ts';
import type { HitBuffer } from '../matching/hits.ts';
import { StreamScan } from '../matching/scan.ts';
import type { Scanner } from '../matching/scanner.ts';
import type { PatternPlan } from '../plan/plan.ts';
import type { FieldRecord } from './field-record.ts';
import type { HitTable } from './hit-table.ts';
import type { KeptBytes } from './kept-bytes.ts';
import type { PendingFields, PendingTarget } from './pending-fields.ts';
import { itemWork } from './work.ts';

/** Options of the scan of a field. */
export interface FieldStreamContext extends PendingTarget {
  /** Fields that came earlier, which are reported before anything in this one. */
  readonly pending: PendingFields;
  /** Takes bytes from the exchange's budget for kept values; returns how many were granted. */
  readonly reserve: (bytes: number) => number;
}

/** Tails kept of one stream, for log data and captures of matches after the kept beginning. */
const tailsMax = 16;

/** Scans one field after the other; `begin` comes first. */
export class FieldStream {
  readonly #context: FieldStreamContext;
  readonly #kept: KeptBytes;
  #record: FieldRecord | undefined;
  /** The native class of the field; -1: no pattern is searched. */
  #native = -1;
  #scan: StreamScan | undefined;
  #fedBytes = 0;
  #hasHit = false;
  #tailCount = 0;
  #isLent = false;

  /** @param kept the beginning of the value. */
  constructor(context: FieldStreamContext, kept: KeptBytes) {
    this.#context = context;
    this.#kept = kept;
  }

  /** Starts a field; the scan of the last one must have ended or been discarded. */
  begin(record: FieldRecord, native: number): void {
    this.#record = record;
    this.#native = native;
    this.#fedBytes = 0;
    this.#hasHit = false;
    this.#tailCount = 0;
  }

  /** Whether a native scan is open. */
  get isOpen(): boolean {
    return this.#scan !== undefined;
  }

  /** Whether another thread is reading the bytes fed last. */
  get isLent(): boolean {
    return this.#isLent;
  }

  /** Bytes of the value that were fed, or skipped because the work was spent. */
  get fedBytes(): number {
    return this.#fedBytes;
  }

  /** Whether a hit was added that rules may use. */
  get hasHit(): boolean {
    return this.#hasHit;
  }

  /** Bytes of native memory. */
  get stateBytes(): number {
    return this.#scan?.stateBytes ?? 0;
  }

  /** Feeds the kept part of the value that was not fed before. */
  feedKept(flush: boolean, scanner?: Scanner): Steps<void> {
    return this.feed(this.#kept.from(this.#fedBytes), flush, scanner);
  }

  /** Feeds the next bytes; borrowed until the steps are done. With `flush` every hit in them is known then. */
  *feed(bytes: Uint8Array, flush: boolean, scanner?: Scanner): Steps<void> {
    if (this.#native < 0 || (bytes.length === 0 && !flush)) return;
    const { plan, pending, work, problems } = this.#context;
    this.#fedBytes += bytes.length;
    if (work.isSpent) {
      problems.uninspected('scan-work', bytes.length);
      return;
    }
    if (this.#scan === undefined) {
      pending.flush();
      this.#scan = new StreamScan(plan.program, this.#native);
    }
    const scan = this.#scan;
    const aside = scanner?.feedAside(scan, bytes, flush);
    if (aside === undefined) {
      const buffer = plan.program.streamHits;
      scan.feed(bytes, buffer, flush);
      work.spend(buffer.work + itemWork);
      this.#take(buffer, scan);
      return;
    }
    const returned = (): void => {
      this.#isLent = false;
    };
    this.#isLent = true;
    aside.then(returned, returned);
    const buffer = yield* waitFor(aside);
    work.spendAside(buffer.work);
    work.spend(itemWork);
    this.#take(buffer, scan);
  }

  /** The value is complete: feeds the kept part that was not fed, and ends the native scan. */
  end(): void {
    const scan = this.#scan;
    if (scan === undefined) return;
    const { plan, problems, work } = this.#context;
    runAtOnce(this.feedKept(true));
    this.#scan = undefined;
    if (work.isSpent) {
      scan.discard();
      return;
    }
    const { length } = this.#record as FieldRecord;
    const buffer = plan.program.streamHits;
    const count = scan.end(buffer);
    work.spend(buffer.work + itemWork);
    if (count > 0) this.#take(buffer, undefined);
    if (buffer.isTruncated) problems.uninspected('whole-value-transformation', length);
    // The output of a chain can be longer than its input, so a value shorter than the window still counts.
    const beyond = Math.max(1, length - constants.confirmWindowBytesMax);
    if (buffer.isWindowed) problems.uninspected('unbounded-pattern', beyond);
  }

  /** Reports to `hits`, as hits in `field`, what a copy of the scan would find in addition if the value ended here. */
  tryEnd(field: FieldRecord, hits: HitTable): void {
    const buffer = this.#context.plan.program.streamHits;
    const count = this.#scan?.tryEnd(buffer) ?? 0;
    for (let index = 0; index < count; index += 1) {
      hits.add(buffer.patternAt(index), { field, to: buffer.toAt(index), tail: undefined });
    }
  }

  /** Frees the scan of a field that will not end. Idempotent. */
  discard(): void {
    this.#scan?.discard();
    this.#scan = undefined;
  }

  /** Copies hits into the table. Those after the kept beginning get the value's tail while it is available. */
  #take(buffer: HitBuffer, scan: StreamScan | undefined): void {
    const record = this.#record as FieldRecord;
    const { plan, hits } = this.#context;
    for (let index = 0; index < buffer.count; index += 1) {
      const pattern = buffer.patternAt(index);
      if (!hits.isWanted(pattern, record)) continue;
      const to = buffer.toAt(index);
      const { native } = plan.patterns[pattern] as PatternPlan;
      const isBeyond = to > this.#kept.length && native !== undefined;
      const tail = isBeyond ? this.#tailOf(scan, native.chain) : undefined;
      this.#hasHit = hits.add(pattern, { field: record, to, tail }) || this.#hasHit;
    }
  }

  /** The end of the value after a chain, if there is room to keep it. */
  #tailOf(scan: StreamScan | undefined, chain: number): Uint8Array | undefined {
    if (scan === undefined || this.#tailCount >= tailsMax) return undefined;
    this.#tailCount += 1;
    const tail = scan.tail(chain);
    if (this.#context.reserve(tail.length) === tail.length) return tail;
    this.#context.problems.uninspected('kept-values', tail.length);
    return undefined;
  }
}
