// A JSON string (RFC 8259 §7), after its opening quote up to its closing one, unescaped into a writer. Knows no surrounding
// grammar, and not whether it is a key or a value.

import { hexDigitValue, notHex } from '../base/bytes.ts';
import type { FieldWriter } from '../http/field-writer.ts';
import { SurrogatePairs } from '../http/surrogate-pairs.ts';
import { escapedByte, plainInString } from './json-text.ts';

const inText = 0;
const inEscape = 1;
const inHexEscape = 2;

const stateNames = ['the rest of a string', 'an escape', 'a hexadecimal digit'];
const escapes = ['', '\\', '\\u'];

/** A UTF-16 unit as `\uHHHH`. */
const escapedUnitBytes = 6;

/** Reads one string after the other. */
export class JsonString {
  readonly #writer: FieldWriter;
  readonly #unexpected: (byte: number, after: number) => Error;
  readonly #pairs: SurrogatePairs;
  #isOpen = false;
  #state = inText;
  /** Offset in the body of the first byte of an escape that is not reported yet; -1 if there is none. */
  #escapeFrom = -1;
  #hexDigits = 0;
  #codeUnit = 0;

  /** @param unexpected creates the error for an invalid byte; `after` is the offset after it. */
  constructor(writer: FieldWriter, unexpected: (byte: number, after: number) => Error) {
    this.#writer = writer;
    this.#unexpected = unexpected;
    this.#pairs = new SurrogatePairs(writer);
  }

  /** Whether the closing quote is still missing. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** What may come next. */
  get expected(): string {
    return stateNames[this.#state] as string;
  }

  /** The bytes read of an unfinished escape. */
  get escape(): string {
    return escapes[this.#state] as string;
  }

  /** Offset in the body of the first byte of an escape that is not reported yet; -1 if there is none. */
  get escapeFrom(): number {
    return this.#escapeFrom;
  }

  /** The opening quote was read. */
  open(): void {
    this.#isOpen = true;
  }

  /**
   * Continues at `start` up to the closing quote or the end of the chunk; returns the offset after what it read.
   * @param bytesBefore offset of the chunk in the body.
   */
  read(chunk: Uint8Array, start: number, bytesBefore: number): number {
    const length = chunk.length;
    let offset = start;
    while (offset < length && this.#isOpen) {
      if (this.#state === inText) offset = this.#readText(chunk, offset, bytesBefore);
      else {
        const byte = chunk[offset] as number;
        offset += 1;
        if (this.#state === inEscape) this.#readEscape(byte, offset);
        else this.#readHexDigit(byte, offset, bytesBefore);
      }
    }
    return offset;
  }

  #readText(chunk: Uint8Array, start: number, bytesBefore: number): number {
    const length = chunk.length;
    let offset = start;
    while (offset < length && plainInString[chunk[offset] as number] === 1) offset += 1;
    if (offset > start) {
      this.#endPair();
      this.#writer.run(chunk, start, offset);
      if (offset === length) return offset;
    }
    const byte = chunk[offset] as number;
    if (byte === 0x5c) {
      if (!this.#pairs.isWaiting) this.#escapeFrom = bytesBefore + offset;
      this.#state = inEscape;
      return offset + 1;
    }
    this.#endPair();
    if (byte !== 0x22) throw this.#unexpected(byte, offset + 1);
    this.#isOpen = false;
    return offset + 1;
  }

  #readEscape(byte: number, after: number): void {
    if (byte === 0x75) {
      this.#hexDigits = 0;
      this.#codeUnit = 0;
      this.#state = inHexEscape;
      return;
    }
    this.#endPair();
    const escaped = escapedByte[byte] as number;
    if (escaped === 0) throw this.#unexpected(byte, after);
    this.#writer.byte(escaped);
    this.#escapeFrom = -1;
    this.#state = inText;
  }

  #readHexDigit(byte: number, after: number, bytesBefore: number): void {
    const digit = hexDigitValue[byte] as number;
    if (digit === notHex) throw this.#unexpected(byte, after);
    this.#codeUnit = this.#codeUnit * 16 + digit;
    this.#hexDigits += 1;
    if (this.#hexDigits < 4) return;
    this.#state = inText;
    this.#pairs.take(this.#codeUnit);
    this.#escapeFrom = this.#pairs.isWaiting ? bytesBefore + after - escapedUnitBytes : -1;
  }

  /** The other half of the surrogate pair does not follow. */
  #endPair(): void {
    if (!this.#pairs.isWaiting) return;
    this.#pairs.flush();
    this.#escapeFrom = -1;
  }
}
