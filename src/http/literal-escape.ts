// One escape of a string literal, byte by byte after its backslash: the decoded character, or its bytes unchanged if it is not an
// escape. Knows no surrounding literal.

import { hexDigitValue, notHex } from '../base/bytes.ts';
import type { FieldWriter } from './field-writer.ts';
import { SurrogatePairs } from './surrogate-pairs.ts';

const notInEscape = 0;
const afterBackslash = 1;
const inHex = 2;
const inBracedHex = 3;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const codePointMax = 0x10ffff;
const bracedDigitsMax = 8;

/** The meaning of a letter after a backslash (ECMA-404, JSON5 §5.1); 255: itself. */
const escapedByte = new Uint8Array(256).fill(255);
for (const [letter, byte] of ['b\b', 'f\f', 'n\n', 'r\r', 't\t', 'v\v', '0\0']) {
  escapedByte[(letter as string).charCodeAt(0)] = (byte as string).charCodeAt(0);
}

/** Whether the escape continues, ends with this byte, or ended before it. */
export type EscapeTaken = 'more' | 'done' | 'done-before';

/** `\uHHHH`, `\u{H…}`, `\xHH`, a backslash before a line end, and before any other letter; surrogate pairs are joined. */
export class LiteralEscape {
  readonly #writer: FieldWriter;
  readonly #pairs: SurrogatePairs;
  #state = notInEscape;
  #digits = 0;
  #digitsWanted = 0;
  #codePoint = 0;
  /** The bytes read of the escape, passed on unchanged if it turns out not to be one. */
  #written = '';

  constructor(writer: FieldWriter) {
    this.#writer = writer;
    this.#pairs = new SurrogatePairs(writer);
  }

  /** How many of the last bytes are kept, at least. */
  get heldBytes(): number {
    const escapeBytes = this.#state === notInEscape ? 0 : '\\'.length + this.#written.length;
    return escapeBytes + (this.#pairs.isWaiting ? '\\u{0000HHHH}'.length : 0);
  }

  /** A backslash was read. */
  start(): void {
    this.#state = afterBackslash;
    this.#written = '\\';
  }

  /** No further escape follows: the pending half of a pair is passed on alone. */
  endPair(): void {
    this.#pairs.flush();
  }

  /** The text ends: passes on what was read of an escape. */
  end(): void {
    if (this.#state !== notInEscape) this.#giveBack();
  }

  /** Takes the next byte of an escape. */
  take(byte: number): EscapeTaken {
    if (this.#state === afterBackslash) return this.#takeLetter(byte);
    if (this.#state === inHex && this.#digits === 0 && this.#digitsWanted === 4 && byte === 0x7b) {
      this.#state = inBracedHex;
      this.#written += '{';
      return 'more';
    }
    if (this.#state === inBracedHex && byte === 0x7d && this.#digits > 0) return this.#give();
    const digit = hexDigitValue[byte] as number;
    if (digit === notHex || this.#digits === bracedDigitsMax) {
      this.#giveBack();
      return 'done-before';
    }
    this.#digits += 1;
    this.#written += String.fromCharCode(byte);
    this.#codePoint = Math.min(this.#codePoint * 16 + digit, codePointMax);
    return this.#state === inHex && this.#digits === this.#digitsWanted ? this.#give() : 'more';
  }

  #takeLetter(byte: number): EscapeTaken {
    if (byte === 0x75 || byte === 0x78) {
      this.#state = inHex;
      this.#digits = 0;
      this.#digitsWanted = byte === 0x75 ? 4 : 2;
      this.#codePoint = 0;
      this.#written += String.fromCharCode(byte);
      return 'more';
    }
    this.#pairs.flush();
    this.#state = notInEscape;
    if (byte === lineFeed || byte === carriageReturn) return 'done';
    const escaped = escapedByte[byte] as number;
    this.#writer.byte(escaped === 255 ? byte : escaped);
    return 'done';
  }

  #give(): EscapeTaken {
    this.#state = notInEscape;
    this.#pairs.take(this.#codePoint);
    return 'done';
  }

  #giveBack(): void {
    this.#pairs.flush();
    for (let index = 0; index < this.#written.length; index += 1) this.#writer.byte(this.#written.charCodeAt(index));
    this.#written = '';
    this.#state = notInEscape;
  }
}
