// Block scans of batches of fields, and stream scans of long ones. Collects values into one slab, so that a request
// crosses the native boundary a handful of times. Knows classes of fields, not what they are.

import { copyInto, writeByteString } from '../base/bytes.ts';
import { constants } from '../base/constants.ts';
import { HitBuffer } from './hits.ts';
import { fieldWords, nativeAddon } from './native.ts';
import type { ScanProgram } from './pattern-set.ts';

const slabBytesInitial = 16 * 1024;
const fieldsInitial = 64;

/** Values waiting for one native call. Reused: `clear` keeps the memory. */
export class FieldBatch {
  /** Memory that workers can read too. */
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
   * True when a value of `length` bytes is better put into the next batch. A batch takes any value when it is empty, so that a
   * value larger than the bound still fits somewhere.
   */
  isFullFor(length: number): boolean {
    if (this.#count === 0) return false;
    return this.#count >= constants.batchFieldsMax || this.#bytes + length > constants.batchBytesMax;
  }

  /**
   * Adds a value; copied. Returns the field's index in the batch, which its hits carry.
   * @param fieldClass index of the class, with `fieldFlagRecurring` or without.
   * @param value bytes, or a byte string (one unit a byte).
   * @param length how much of `value` counts, from its start; all of a byte string does.
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

  /** Forgets the fields. A slab that one huge value made large is given back. */
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
 * Scans a batch in this thread. The hits are in `hits`, in field order, each (field, pattern) once. A buffer that is too
 * small grows, at most to what the batch can have: no hit is dropped.
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

/** Room for the hits of a scan in another thread: more than any benign batch has, little enough to allocate each time. */
const asideHitsMax = 1_024;

/**
 * Whether the scan had more hits than there was room for and is to be done again: there is more room then, four times as much, at
 * most one hit for every pattern of every field.
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

/** `scanBatch` in another thread. Nobody may touch `batch` before the answer. */
export async function scanBatchAside(program: ScanProgram, batch: FieldBatch): Promise<HitBuffer> {
  const hits = new HitBuffer(asideHitsMax);
  do {
    await nativeAddon().scanBatchAside(program.handle, batch.slab, batch.table, batch.count, hits.words);
  } while (growHits(program, batch, hits));
  program.noteWork(batch.bytes, hits.work);
  return hits;
}

/** A buffer that every stream of a program accepts. */
export function createStreamHits(program: ScanProgram): HitBuffer {
  return new HitBuffer(program.patternCount);
}

/**
 * The scan of one long field. Any thread may do the next operation, one at a time. Native memory is freed by `end` or
 * `discard`; one of them must be called.
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

  /** Bytes of native memory it holds now. */
  get stateBytes(): number {
    return nativeAddon().streamBytes(this.handle);
  }

  /**
   * Scans the next bytes. `hits` then holds what was not reported before. Returns the number of hits.
   * @param flush see `NativeAddon.feedStream`.
   * @throws WafError `native.busy` while another thread feeds, `native.closed` after the end.
   */
  feed(chunk: Uint8Array, hits: HitBuffer, flush = true): number {
    const count = nativeAddon().feedStream(this.handle, chunk, hits.words, flush);
    this.#noteWork(chunk.length, hits.work);
    return count;
  }

  /** The same in another thread. Until it has answered, `chunk` may not be touched, nor the stream be used but to discard it. */
  async feedAside(chunk: Uint8Array, flush = true): Promise<HitBuffer> {
    const hits = createStreamHits(this.#program);
    await nativeAddon().feedStreamAside(this.handle, chunk, hits.words, flush);
    this.#noteWork(chunk.length, hits.work);
    return hits;
  }

  /** Units of work that a byte cost when the stream was fed last: what to expect of the next. 0 before. */
  get workPerByte(): number {
    return this.#workPerByte;
  }

  #noteWork(bytes: number, work: number): void {
    if (bytes > 0) this.#workPerByte = work / bytes;
  }

  /** Ends the field: patterns that wait for its end are reported. */
  end(hits: HitBuffer): number {
    const count = nativeAddon().endStream(this.handle, hits.words);
    this.#isOpen = false;
    return count;
  }

  /** The same as if the field ended here: it goes on. Hits that were reported are not reported again. */
  tryEnd(hits: HitBuffer): number {
    return nativeAddon().tryEndStream(this.handle, hits.words);
  }

  /** The last bytes of the field after a chain, a copy. */
  tail(chain: number): Uint8Array {
    return nativeAddon().streamTail(this.handle, chain);
  }

  /** Frees the stream without an end. Idempotent. */
  discard(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    nativeAddon().discardStream(this.handle);
  }
}
