// An escape of a string literal, byte by byte from behind its backslash: what it stands for, or its bytes as they are where it
// proves to be none. Knows no literal around it.

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

/** What one letter behind a backslash stands for (ECMA-404, JSON5 §5.1); 255 for itself. */
const escapedByte = new Uint8Array(256).fill(255);
for (const [letter, byte] of ['b\b', 'f\f', 'n\n', 'r\r', 't\t', 'v\v', '0\0']) {
  escapedByte[(letter as string).charCodeAt(0)] = (byte as string).charCodeAt(0);
}

/** Whether a byte goes on, ends the escape, or ended it without belonging to it. */
export type EscapeTaken = 'more' | 'done' | 'done-before';

/** `\uHHHH`, `\u{H…}`, `\xHH`, a backslash before a line end, and before any other letter; pairs of surrogates are joined. */
export class LiteralEscape {
  readonly #writer: FieldWriter;
  readonly #pairs: SurrogatePairs;
  #state = notInEscape;
  #digits = 0;
  #digitsWanted = 0;
  #codePoint = 0;
  /** What was read of the escape, given as it is when it proves to be none. */
  #written = '';

  constructor(writer: FieldWriter) {
    this.#writer = writer;
    this.#pairs = new SurrogatePairs(writer);
  }

  /** At least as many of the last bytes as are kept. */
  get heldBytes(): number {
    const escapeBytes = this.#state === notInEscape ? 0 : '\\'.length + this.#written.length;
    return escapeBytes + (this.#pairs.isWaiting ? '\\u{0000HHHH}'.length : 0);
  }

  /** A backslash was read. */
  start(): void {
    this.#state = afterBackslash;
    this.#written = '\\';
  }

  /** What follows is not an escape: half of a pair that waits is given alone. */
  endPair(): void {
    this.#pairs.flush();
  }

  /** The text ends: gives back what was read of an escape. */
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
