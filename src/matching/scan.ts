// Block scans of batches of fields, and stream scans of long ones. Collects values in one slab, so that a request crosses the
// native boundary only a few times. Knows classes of fields, not their meaning.

import { copyInto, writeByteString } from '../base/bytes.ts';
import { constants } from '../base/constants.ts';
import { HitBuffer } from './hits.ts';
import { fieldWords, nativeAddon } from './native.ts';
import type { ScanProgram } from './pattern-set.ts';

const slabBytesInitial = 16 * 1024;
const fieldsInitial = 64;

/** Values for one native call. Reusable: `clear` keeps the memory. */
export class FieldBatch {
  /** Memory shared with workers. */
  slab: Buffer = Buffer.from(new SharedArrayBuffer(slabBytesInitial));
  table = new Uint32Array(new SharedArrayBuffer(4 * fieldWords * fieldsInitial));
  #count = 0;
  #bytes = 0;

  /** Fields added since `clear`. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of all values added since `clear`. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * True if a value of `length` bytes should go into the next batch. An empty batch accepts any value, so that a value larger
   * than the limit still fits somewhere.
   */
  isFullFor(length: number): boolean {
    if (this.#count === 0) return false;
    return this.#count >= constants.batchFieldsMax || this.#bytes + length > constants.batchBytesMax;
  }

  /**
   * Adds a value; copied. Returns the field's index in the batch, which its hits carry.
   * @param fieldClass index of the class, with `fieldFlagRecurring` or without.
   * @param value bytes, or a byte string (one unit per byte).
   * @param length how much of `value` counts, from its start; a byte string counts as a whole.
   */
  add(fieldClass: number, value: Uint8Array | string, length: number = value.length): number {
    if (this.#bytes + length > this.slab.length) this.#growSlab(this.#bytes + length);
    if (typeof value === 'string') writeByteString(this.slab, this.#bytes, value);
    else copyInto(this.slab, this.#bytes, value, 0, length);
    const index = this.#count++;
    if (this.#count * fieldWords > this.table.length) this.#growTable();
    const at = index * fieldWords;
    this.table[at] = fieldClass;
    this.table[at + 1] = this.#bytes;
    this.table[at + 2] = length;
    this.#bytes += length;
    return index;
  }

  /** Removes the fields. A slab enlarged by one huge value is freed. */
  clear(): void {
    this.#count = 0;
    this.#bytes = 0;
    if (this.slab.length > 2 * constants.batchBytesMax)
      this.slab = Buffer.from(new SharedArrayBuffer(slabBytesInitial));
  }

  #growSlab(bytes: number): void {
    let length = this.slab.length;
    while (length < bytes) length *= 2;
    const larger = Buffer.from(new SharedArrayBuffer(length));
    larger.set(this.slab.subarray(0, this.#bytes));
    this.slab = larger;
  }

  #growTable(): void {
    const larger = new Uint32Array(new SharedArrayBuffer(8 * this.table.length));
    larger.set(this.table);
    this.table = larger;
  }
}

/**
 * Scans a batch in this thread. The hits are in `hits`, in field order, each (field, pattern) once. If the buffer is too small it
 * grows, up to the maximum for the batch: no hit is dropped.
 * @returns the number of hits.
 * @throws WafError `scan.failed`, `native.closed`.
 */
export function scanBatch(program: ScanProgram, batch: FieldBatch, hits: HitBuffer): number {
  let count: number;
  do {
    count = nativeAddon().scanBatch(program.handle, batch.slab, batch.table, batch.count, hits.words);
  } while (growHits(program, batch, hits));
  program.noteWork(batch.bytes, hits.work);
  return count;
}

/** Hit buffer of a scan in another thread: more than any benign batch needs, and small enough to allocate each time. */
const asideHitsMax = 1_024;

/**
 * Returns whether the scan had more hits than fit and must be repeated; the buffer is then four times larger, at most one hit for
 * every pattern of every field.
 */
function growHits(program: ScanProgram, batch: FieldBatch, hits: HitBuffer): boolean {
  if (!hits.hasOverflow) return false;
  hits.grow(Math.min(4 * Math.max(hits.hitsMax, 16), batch.count * program.patternCount));
  return true;
}

/** A buffer for block scans. */
export function createBatchHits(): HitBuffer {
  return new HitBuffer(constants.hitsPerScanMax);
}

/** `scanBatch` in another thread. Do not touch `batch` before it is done. */
export async function scanBatchAside(program: ScanProgram, batch: FieldBatch): Promise<HitBuffer> {
  const hits = new HitBuffer(asideHitsMax);
  do {
    await nativeAddon().scanBatchAside(program.handle, batch.slab, batch.table, batch.count, hits.words);
  } while (growHits(program, batch, hits));
  program.noteWork(batch.bytes, hits.work);
  return hits;
}

/** A buffer large enough for every stream of a program. */
export function createStreamHits(program: ScanProgram): HitBuffer {
  return new HitBuffer(program.patternCount);
}

/**
 * The scan of one long field. Any thread can do the next operation, one at a time. Native memory is freed by `end` or `discard`;
 * one of them must be called.
 */
export class StreamScan {
  readonly handle: number;
  readonly #program: ScanProgram;
  #workPerByte = 0;
  #isOpen: boolean = true;

  /** @throws WafError `native.argument` for an unknown class. */
  constructor(program: ScanProgram, fieldClass: number) {
    this.#program = program;
    this.handle = nativeAddon().openStream(program.handle, fieldClass);
  }

  /** False once `end` or `discard` was called. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Bytes of native memory it currently holds. */
  get stateBytes(): number {
    return nativeAddon().streamBytes(this.handle);
  }

  /**
   * Scans the next bytes. `hits` then contains what was not reported before. Returns the number of hits.
   * @param flush see `NativeAddon.feedStream`.
   * @throws WafError `native.busy` while another thread feeds, `native.closed` after the end.
   */
  feed(chunk: Uint8Array, hits: HitBuffer, flush = true): number {
    const count = nativeAddon().feedStream(this.handle, chunk, hits.words, flush);
    this.#noteWork(chunk.length, hits.work);
    return count;
  }

  /** The same in another thread. Until it is done, do not touch `chunk`, and do not use the stream except to discard it. */
  async feedAside(chunk: Uint8Array, flush = true): Promise<HitBuffer> {
    const hits = createStreamHits(this.#program);
    await nativeAddon().feedStreamAside(this.handle, chunk, hits.words, flush);
    this.#noteWork(chunk.length, hits.work);
    return hits;
  }

  /** Units of work per byte at the last feed: the expected cost of the next. 0 before. */
  get workPerByte(): number {
    return this.#workPerByte;
  }

  #noteWork(bytes: number, work: number): void {
    if (bytes > 0) this.#workPerByte = work / bytes;
  }

  /** Ends the field: patterns that wait for the end are reported. */
  end(hits: HitBuffer): number {
    const count = nativeAddon().endStream(this.handle, hits.words);
    this.#isOpen = false;
    return count;
  }

  /** The same as if the field ended here, but the stream continues. Hits already reported are not reported again. */
  tryEnd(hits: HitBuffer): number {
    return nativeAddon().tryEndStream(this.handle, hits.words);
  }

  /** The last bytes of the field after a chain, a copy. */
  tail(chain: number): Uint8Array {
    return nativeAddon().streamTail(this.handle, chain);
  }

  /** Frees the stream without ending it. Idempotent. */
  discard(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    nativeAddon().discardStream(this.handle);
  }
}
