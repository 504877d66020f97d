// Protocol Buffers messages by wire format, without a schema (protobuf.dev/programming-guides/encoding): whatever may be text
// becomes a field named by field numbers. Numbers are not text and are skipped.

import { isUtf8 } from 'node:buffer';
import { asView } from '../base/bytes.ts';
import type { FieldSink } from '../http/field.ts';

/** Options for reading messages. */
export interface ProtobufOptions {
  /** Bytes of a length-delimited field that are kept to find out whether it is a message; longer fields are streamed. */
  readonly fieldCollectBytesMax: number;
  /** Maximum depth of nested messages that are distinguished. */
  readonly protobufDepthMax: number;
}

const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const startGroup = 3;
const endGroup = 4;
const fixed32 = 5;

const atKey = 0;
const atNumber = 1;
const atLength = 2;
const inSkipped = 3;
const inKept = 4;
const inStreamed = 5;
const inBroken = 6;

/**
 * Reads one message. Each length-delimited field is reported as ARGS_POST, named `prefix.1.2` by field numbers: text as text; a
 * message as its own fields; what could be either, as both; anything else, or a field longer than the limit, as its bytes. Bytes
 * that are not a message are reported under the prefix.
 */
export class ProtobufReader {
  readonly #sink: FieldSink;
  readonly #prefix: string;
  readonly #options: ProtobufOptions;
  #state = atKey;
  #number = 0;
  #numberBytes = 0;
  #field = 0;
  #left = 0;
  #kept: Uint8Array = new Uint8Array(0);
  #keptLength = 0;
  #isOpen = false;

  constructor(sink: FieldSink, prefix: string, options: ProtobufOptions) {
    this.#sink = sink;
    this.#prefix = prefix;
    this.#options = options;
  }

  /** How many of the last bytes wait for the end of their field. */
  get heldBytes(): number {
    return this.#state === inKept ? this.#keptLength : this.#numberBytes;
  }

  /** Takes a piece of the message; borrowed until the call returns. */
  write(chunk: Uint8Array): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#state <= atLength) {
        this.#readNumber(chunk[offset] as number);
        offset += 1;
        if (this.#state === inBroken) offset -= 1;
        continue;
      }
      const taken = this.#state === inBroken ? chunk.length - offset : Math.min(chunk.length - offset, this.#left);
      this.#take(asView(chunk, offset, offset + taken));
      offset += taken;
    }
  }

  /** Ends the message; returns `false` if it was invalid or incomplete. Ready for the next one. */
  end(): boolean {
    const isWhole = this.#state === atKey && this.#numberBytes === 0;
    if (this.#state === inKept) this.#endKept();
    if (this.#isOpen) this.#sink.end();
    this.#isOpen = false;
    this.#state = atKey;
    this.#number = 0;
    this.#numberBytes = 0;
    this.#kept = new Uint8Array(0);
    return isWhole;
  }

  #readNumber(byte: number): void {
    if (this.#numberBytes < 5) this.#number += (byte & 0x7f) * 2 ** (7 * this.#numberBytes);
    this.#numberBytes += 1;
    if (byte >= 0x80) {
      if (this.#numberBytes === 10) this.#break();
      return;
    }
    const number = this.#number;
    const state = this.#state;
    this.#number = 0;
    this.#numberBytes = 0;
    if (state === atKey) this.#startField(number);
    else if (state === atLength) this.#startLengthDelimited(number);
    else this.#state = atKey;
  }

  #startField(key: number): void {
    this.#field = Math.floor(key / 8);
    const wireType = key % 8;
    if (this.#field === 0) this.#break();
    else if (wireType === varint) this.#state = atNumber;
    else if (wireType === lengthDelimited) this.#state = atLength;
    else if (wireType === fixed64) this.#skip(8);
    else if (wireType === fixed32) this.#skip(4);
    else if (wireType !== startGroup && wireType !== endGroup) this.#break();
  }

  #skip(bytes: number): void {
    this.#left = bytes;
    this.#state = inSkipped;
  }

  #startLengthDelimited(bytes: number): void {
    this.#left = bytes;
    this.#keptLength = 0;
    if (bytes === 0) {
      this.#state = atKey;
    } else if (bytes <= this.#options.fieldCollectBytesMax) {
      this.#state = inKept;
      if (this.#kept.length < bytes) this.#kept = new Uint8Array(Math.min(bytes, 256));
    } else {
      this.#begin(`${this.#prefix}.${this.#field}`);
      this.#state = inStreamed;
    }
  }

  #take(bytes: Uint8Array): void {
    this.#left -= bytes.length;
    if (this.#state === inKept) this.#keep(bytes);
    else if (this.#state === inStreamed || this.#state === inBroken) this.#sink.write(bytes);
    if (this.#left > 0 || this.#state === inBroken) return;
    if (this.#state === inKept) this.#endKept();
    if (this.#isOpen) this.#sink.end();
    this.#isOpen = false;
    this.#state = atKey;
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#keptLength + bytes.length;
    if (length > this.#kept.length) {
      // Grows with the bytes received, not with the declared length.
      const grown = new Uint8Array(Math.max(length, Math.min(this.#kept.length * 2, length + this.#left)));
      grown.set(asView(this.#kept, 0, this.#keptLength));
      this.#kept = grown;
    }
    this.#kept.set(bytes, this.#keptLength);
    this.#keptLength = length;
  }

  #endKept(): void {
    reportValue(this.#sink, asView(this.#kept, 0, this.#keptLength), {
      name: `${this.#prefix}.${this.#field}`,
      depthMax: this.#options.protobufDepthMax,
    });
    this.#keptLength = 0;
  }

  #begin(name: string): void {
    this.#sink.begin('ARGS_POST', name);
    this.#isOpen = true;
  }

  /** The rest is not a message: it becomes one field. The caller reads the byte that showed this again. */
  #break(): void {
    this.#begin(this.#prefix);
    this.#state = inBroken;
  }
}

interface Span {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

/** Reports a whole value, and the values of messages inside it, depth first, in order. */
function reportValue(
  sink: FieldSink,
  bytes: Uint8Array,
  from: { readonly name: string; readonly depthMax: number },
): void {
  const waiting: Span[] = [{ name: from.name, start: 0, end: bytes.length, depth: 1 }];
  for (let span = waiting.pop(); span !== undefined; span = waiting.pop()) {
    const inner = span.depth < from.depthMax ? fieldsOf(bytes, span) : undefined;
    const value = asView(bytes, span.start, span.end);
    if (inner === undefined || isText(value)) {
      sink.begin('ARGS_POST', span.name);
      if (value.length > 0) sink.write(value);
      sink.end();
    }
    for (const field of (inner ?? []).reverse()) waiting.push(field);
  }
}

/** Valid UTF-8 without control bytes other than white space. */
function isText(bytes: Uint8Array): boolean {
  for (let offset = 0; offset < bytes.length; offset += 1) {
    const byte = bytes[offset] as number;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false;
  }
  return isUtf8(bytes);
}

/** The length-delimited fields of a message that fills the span exactly; `undefined` if the span is not a message. */
function fieldsOf(bytes: Uint8Array, span: Span): Span[] | undefined {
  const fields: Span[] = [];
  let offset = span.start;
  while (offset < span.end) {
    const key = readVarint(bytes, offset, span.end);
    if (key === undefined || key.value < 8) return undefined;
    offset = key.after;
    const wireType = key.value % 8;
    if (wireType === fixed64 || wireType === fixed32) {
      offset += wireType === fixed64 ? 8 : 4;
      continue;
    }
    if (wireType === startGroup || wireType === endGroup) continue;
    const number = wireType > fixed32 ? undefined : readVarint(bytes, offset, span.end);
    if (number === undefined) return undefined;
    offset = number.after;
    if (wireType === varint) continue;
    const end = offset + number.value;
    if (end > span.end) return undefined;
    fields.push({ name: `${span.name}.${Math.floor(key.value / 8)}`, start: offset, end, depth: span.depth + 1 });
    offset = end;
  }
  return offset === span.end && span.end > span.start ? fields : undefined;
}

function readVarint(bytes: Uint8Array, start: number, end: number): { value: number; after: number } | undefined {
  let value = 0;
  for (let offset = start; offset < end && offset < start + 10; offset += 1) {
    const byte = bytes[offset] as number;
    if (offset < start + 5) value += (byte & 0x7f) * 2 ** (7 * (offset - start));
    if (byte < 0x80) return { value, after: offset + 1 };
  }
  return undefined;
}
