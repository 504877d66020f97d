// Writes one field after the other to a sink: collects the name up to its limit, streams the value. Runs that need no decoding
// are passed on as views of the chunk; decoded bytes go through a small buffer. Knows no body format.

import { asView, copyInto, toByteString, toBytes, ViewSource } from '../base/bytes.ts';
import type { FieldSink, FieldSource } from './field.ts';

const scratchBytes = 2048;
/** Below this length, copying a run into the buffer is cheaper than a call of the sink. */
const copiedRunBytesMax = 64;

/**
 * The state of the field being written. Order of calls: `startName`, name bytes, `endName`, `startValue`, value bytes,
 * `endValue`. Name bytes and value bytes are given by `byte` and `run` alike.
 *
 * A name longer than `nameBytesMax` is never cut silently: it is reported completely as the value of a separate field, under its
 * first `nameBytesMax` bytes; so is the value that follows.
 */
export class FieldWriter {
  readonly #sink: FieldSink;
  readonly #source: FieldSource;
  readonly #nameBytesMax: number;
  #name: Uint8Array = new Uint8Array(64);
  #nameLength = 0;
  #nameKept = 0;
  #isNaming = false;
  #isOpen = false;
  #scratch: Uint8Array | undefined;
  #scratchLength = 0;
  readonly #chunk = new ViewSource();

  constructor(sink: FieldSink, source: FieldSource, nameBytesMax: number) {
    this.#sink = sink;
    this.#source = source;
    this.#nameBytesMax = nameBytesMax;
  }

  /** Whether a field is open, so that bytes are reported at once. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The name collected so far, as a byte string. */
  get name(): string {
    return toByteString(this.#name, 0, this.#nameLength);
  }

  /** Bytes of the name collected so far, at most `nameBytesMax`. */
  get nameLength(): number {
    return this.#nameLength;
  }

  /** Cuts the collected name to its first `bytes` bytes; more bytes are appended after them. */
  truncateName(bytes: number): void {
    this.#nameLength = bytes;
  }

  /** Appends the decoder's own text to the name (a separator, an index); anything above the limit is dropped. */
  appendName(text: string): void {
    for (let index = 0; index < text.length && this.#nameLength < this.#nameBytesMax; index += 1) {
      if (this.#nameLength === this.#name.length) this.#growName(this.#nameLength + 1);
      this.#name[this.#nameLength] = text.charCodeAt(index);
      this.#nameLength += 1;
    }
  }

  /** Name bytes follow; they are appended after the existing `nameLength` bytes. */
  startName(): void {
    this.#nameKept = this.#nameLength;
    this.#isNaming = true;
  }

  /** The name is complete. */
  endName(): void {
    this.#isNaming = false;
    if (this.#isOpen) this.endValue();
  }

  /** Opens the field under the collected name. */
  startValue(): void {
    this.#sink.begin(this.#source, toByteString(this.#name, 0, this.#nameLength));
    this.#isOpen = true;
  }

  /** Ends the open field. */
  endValue(): void {
    this.#flushScratch();
    this.#isOpen = false;
    this.#sink.end();
  }

  /** Appends one decoded byte to the name or value being written. */
  byte(value: number): void {
    if (!this.#isOpen) {
      if (!this.#isNaming) return;
      if (this.#nameLength < this.#nameBytesMax) {
        if (this.#nameLength === this.#name.length) this.#growName(this.#nameLength + 1);
        this.#name[this.#nameLength] = value;
        this.#nameLength += 1;
        return;
      }
      this.#spillName();
    }
    if (this.#scratch === undefined) this.#scratch = new Uint8Array(scratchBytes);
    if (this.#scratchLength === scratchBytes) this.#flushScratch();
    this.#scratch[this.#scratchLength] = value;
    this.#scratchLength += 1;
  }

  /** Appends `chunk[start, end)` to the name or the value. Long runs reach the sink as a view, without a copy. */
  run(chunk: Uint8Array, start: number, end: number): void {
    if (!this.#isOpen) {
      if (!this.#isNaming) return;
      const length = this.#nameLength + end - start;
      if (length <= this.#nameBytesMax) {
        if (length > this.#name.length) this.#growName(length);
        copyInto(this.#name, this.#nameLength, chunk, start, end);
        this.#nameLength = length;
        return;
      }
      const head = start + this.#nameBytesMax - this.#nameLength;
      this.run(chunk, start, head);
      this.#spillName();
      this.#valueRun(chunk, head, end);
      return;
    }
    this.#valueRun(chunk, start, end);
  }

  /** Passes on the buffer and releases the chunk; called at the end of each chunk, so that nothing waits for the next one. */
  flush(): void {
    this.#chunk.forget();
    this.#flushScratch();
  }

  #flushScratch(): void {
    if (this.#scratchLength === 0 || this.#scratch === undefined) return;
    const length = this.#scratchLength;
    this.#scratchLength = 0;
    this.#sink.write(asView(this.#scratch, 0, length));
  }

  /** Ends the open field, if there is one, before an error is thrown. An unfinished name is reported without a value. */
  abort(): void {
    if (this.#isOpen) {
      this.endValue();
    } else if (this.#isNaming && this.#nameLength > this.#nameKept) {
      this.startValue();
      this.endValue();
    }
    this.#isNaming = false;
    this.#chunk.forget();
  }

  #valueRun(chunk: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length === 0) return;
    // A short run joins the buffer if that is not empty; otherwise each escape would cost two calls.
    if (length <= copiedRunBytesMax && this.#scratchLength > 0) {
      if (this.#scratchLength + length > scratchBytes) this.#flushScratch();
      if (this.#scratch !== undefined) {
        copyInto(this.#scratch, this.#scratchLength, chunk, start, end);
        this.#scratchLength += length;
      }
      return;
    }
    this.#flushScratch();
    this.#sink.write(this.#chunk.view(chunk, start, end));
  }

  #spillName(): void {
    this.startValue();
    if (this.#nameLength > this.#nameKept) this.#sink.write(asView(this.#name, this.#nameKept, this.#nameLength));
  }

  #growName(length: number): void {
    const grown = new Uint8Array(Math.min(this.#nameBytesMax, Math.max(length, this.#name.length * 2)));
    grown.set(this.#name.subarray(0, this.#nameLength));
    this.#name = grown;
  }
}

/** Reports a field whose name and value are complete, with `FieldWriter`'s rule for long names. */
export function writeField(
  sink: FieldSink,
  source: FieldSource,
  field: { readonly name: string; readonly value: string; readonly nameBytesMax: number },
): void {
  const { name, value, nameBytesMax } = field;
  const keptName = name.length > nameBytesMax ? name.slice(0, nameBytesMax) : name;
  if (keptName !== name) {
    sink.begin(source, keptName);
    sink.write(toBytes(name));
    sink.end();
  }
  if (sink.field !== undefined) {
    sink.field(source, keptName, value);
    return;
  }
  sink.begin(source, keptName);
  if (value.length > 0) sink.write(toBytes(value));
  sink.end();
}
