// Reads a protobuf message from the wire, field by field in the order that its reader expects (protobuf's encoding, "Message
// Structure"). What is of another shape is for generated code. Knows no message.

import { asView, toByteString } from '../base/bytes.ts';
import { commonHeaderName } from '../http/common-header-names.ts';

/** Bytes of the numbers that are read here: up to 2^28. */
const numberBytesMax = 4;

/** Bytes of a message from a position on. Nothing is read at or after an `end`. */
export class Wire {
  position: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.position = position;
  }

  /** Whether this byte comes next; it is taken then. */
  take(byte: number, end: number): boolean {
    if (this.position >= end || this.#bytes[this.position] !== byte) return false;
    this.position += 1;
    return true;
  }

  /** Takes a boolean; undefined when what comes next is none. */
  boolean(end: number): boolean | undefined {
    if (this.take(1, end)) return true;
    return this.take(0, end) ? false : undefined;
  }

  /** Takes a boolean with this tag; false when the tag does not come next, undefined when the value is none. */
  flag(tag: number, end: number): boolean | undefined {
    return this.take(tag, end) ? this.boolean(end) : false;
  }

  /** Takes a length. Where what has it ends; undefined when that is not inside `end`. */
  end(end: number): number | undefined {
    const length = this.number(end);
    return length !== undefined && this.position + length <= end ? this.position + length : undefined;
  }

  /** Takes a number below 2^28; undefined when it is larger or does not end inside `end`. */
  number(end: number): number | undefined {
    let number = 0;
    for (let index = 0; index < numberBytesMax && this.position < end; index += 1) {
      const byte = this.#bytes[this.position] as number;
      this.position += 1;
      number |= (byte & 0x7f) << (7 * index);
      if (byte < 0x80) return number;
    }
    return undefined;
  }

  /** Takes a text as the byte string of its bytes; undefined when it does not end inside `end`. */
  text(end: number): string | undefined {
    const textEnd = this.end(end);
    return textEnd === undefined ? undefined : toByteString(this.#bytes, this.#moveTo(textEnd), textEnd);
  }

  /** As `text`, for the name of a header. */
  name(end: number): string | undefined {
    const nameEnd = this.end(end);
    if (nameEnd === undefined) return undefined;
    const start = this.#moveTo(nameEnd);
    return commonHeaderName(this.#bytes, start, nameEnd) ?? toByteString(this.#bytes, start, nameEnd);
  }

  /** Takes a view on bytes; undefined when they do not end inside `end`. */
  bytes(end: number): Uint8Array | undefined {
    const bytesEnd = this.end(end);
    return bytesEnd === undefined ? undefined : asView(this.#bytes, this.#moveTo(bytesEnd), bytesEnd);
  }

  /** Takes bytes without reading them; false when they do not end inside `end`. */
  skip(end: number): boolean {
    const bytesEnd = this.end(end);
    if (bytesEnd !== undefined) this.#moveTo(bytesEnd);
    return bytesEnd !== undefined;
  }

  /** Takes a number of eight bytes; undefined when they are not inside `end`. */
  double(end: number): number | undefined {
    if (this.position + 8 > end) return undefined;
    const { buffer, byteOffset } = this.#bytes;
    const value = new DataView(buffer, byteOffset + this.position, 8).getFloat64(0, true);
    this.position += 8;
    return value;
  }

  /** Returns where it was. */
  #moveTo(position: number): number {
    const before = this.position;
    this.position = position;
    return before;
  }
}
