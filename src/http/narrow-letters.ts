// Names and values of forms as decoded by Node if an escape is invalid (`URLSearchParams`, `querystring`): each unescaped letter
// becomes the low byte of its UTF-16 units, so that U+013C is `<`. An alternate reading: it adds fields but never a failure.

import { asView, copyInto } from '../base/bytes.ts';
import type { FieldSink, FieldSource } from './field.ts';
import { FieldWriter } from './field-writer.ts';

/** Options of these readings. */
export interface NarrowLettersOptions {
  readonly source: FieldSource;
  readonly sink: FieldSink;
  /** Bytes of a name or value that are kept until it is clear that Node decodes it like this. */
  readonly tailBytesMax: number;
}

/** The last lead byte of a letter up to U+00FF. */
const farLetter = 0xc4;
const replacement = 0xfd;

/**
 * Follows a name or value and reports it, without a name, as soon as it contains everything that makes Node decode it like this:
 * an unescaped letter above U+00FF, an escape that decodes, and one that does not or is not UTF-8. Earlier bytes are reported up
 * to `tailBytesMax` back; `unreadBytes` counts the rest from the first such letter on.
 */
export class NarrowLetters {
  readonly #writer: FieldWriter;
  readonly #tailBytesMax: number;
  #tail = new Uint8Array(0);
  #tailLength = 0;
  /** Bytes of the name or value so far, and before its first character above U+00FF; -1: there is none. */
  #bytes = 0;
  #farLetterAt = -1;
  #unreadBytes = 0;
  #hasEscape = false;
  #hasOddEscape = false;
  #isOpen = false;
  /** Missing continuation bytes of the current letter. */
  #missing = 0;
  #codePoint = 0;
  /** The same for the current escaped letter, and the range of its next byte. */
  #missingEscapes = 0;
  #escapeMin = 0x80;
  #escapeMax = 0xbf;

  constructor(options: NarrowLettersOptions) {
    this.#writer = new FieldWriter(options.sink, options.source, 0);
    this.#tailBytesMax = options.tailBytesMax;
  }

  /** Bytes that Node may decode like this but that were no longer kept when that became clear. */
  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  /** Bytes as in the form, with `+` replaced by a space; no escapes. */
  run(chunk: Uint8Array, start: number, end: number): void {
    this.#endEscapes();
    let from = start;
    while (from < end && this.#missing > 0) {
      this.byte(chunk[from] as number);
      from += 1;
    }
    if (from === end) return;
    this.#bytes += end - from;
    if (this.#isOpen) {
      this.#writer.run(chunk, from, end);
      return;
    }
    const kept = Math.max(from, end - this.#tailBytesMax);
    this.#makeRoom(end - kept);
    copyInto(this.#tail, this.#tailLength, chunk, kept, end);
    this.#tailLength += end - kept;
  }

  /** One such byte. */
  byte(value: number): void {
    this.#endEscapes();
    if (this.#missing > 0) {
      if ((value & 0xc0) === 0x80) {
        this.#missing -= 1;
        this.#codePoint = (this.#codePoint << 6) | (value & 0x3f);
        if (this.#missing === 0) this.#giveLetter();
        return;
      }
      this.#missing = 0;
      this.#give(replacement);
    }
    if (value < farLetter || value > 0xf4) {
      this.#give(value);
      return;
    }
    if (this.#farLetterAt < 0) this.#farLetterAt = this.#bytes;
    this.#missing = value < 0xe0 ? 1 : value < 0xf0 ? 2 : 3;
    this.#codePoint = value & (0x3f >> this.#missing);
    this.#open();
  }

  /** The decoded byte of an escape. */
  escape(value: number): void {
    this.#endLetter();
    this.#hasEscape = true;
    if (this.#missingEscapes > 0 && value >= this.#escapeMin && value <= this.#escapeMax) {
      this.#missingEscapes -= 1;
      this.#expect(0x80, 0xbf);
    } else {
      this.#endEscapes();
      this.#startEscapedLetter(value);
    }
    this.#open();
    this.#give(value);
  }

  /** An invalid escape; its bytes follow as plain bytes. */
  oddEscape(): void {
    this.#hasOddEscape = true;
    this.#open();
  }

  /** The name is complete, its value follows: `querystring` also counts escapes of the name for part of the value. */
  endName(): void {
    const hadEscape = this.#hasEscape;
    this.end();
    this.#hasEscape = hadEscape;
  }

  /** The value is complete, or what was one is. */
  end(): void {
    this.#endLetter();
    this.#endEscapes();
    if (this.#isOpen) this.#writer.endValue();
    this.#isOpen = false;
    this.#tailLength = 0;
    this.#bytes = 0;
    this.#farLetterAt = -1;
    this.#hasEscape = false;
    this.#hasOddEscape = false;
  }

  /** Passes on what is decoded. */
  flush(): void {
    this.#writer.flush();
  }

  /** RFC 3629 §4: number of continuation bytes, and the range of the next one. */
  #startEscapedLetter(value: number): void {
    if (value < 0x80) return;
    if (value < 0xc2 || value > 0xf4) {
      this.#hasOddEscape = true;
      return;
    }
    this.#missingEscapes = value < 0xe0 ? 1 : value < 0xf0 ? 2 : 3;
    this.#expect(0x80, 0xbf);
    if (value === 0xe0) this.#expect(0xa0, 0xbf);
    else if (value === 0xed) this.#expect(0x80, 0x9f);
    else if (value === 0xf0) this.#expect(0x90, 0xbf);
    else if (value === 0xf4) this.#expect(0x80, 0x8f);
  }

  #expect(min: number, max: number): void {
    this.#escapeMin = min;
    this.#escapeMax = max;
  }

  #endEscapes(): void {
    if (this.#missingEscapes === 0) return;
    this.#missingEscapes = 0;
    this.oddEscape();
  }

  #endLetter(): void {
    if (this.#missing > 0) this.#give(replacement);
    this.#missing = 0;
  }

  #giveLetter(): void {
    // Above U+FFFF a letter has two units, a high surrogate first.
    if (this.#codePoint > 0xffff) this.#give(((this.#codePoint - 0x10000) >> 10) & 0xff);
    this.#give(this.#codePoint & 0xff);
  }

  #give(value: number): void {
    this.#bytes += 1;
    if (this.#isOpen) {
      this.#writer.byte(value);
      return;
    }
    this.#makeRoom(1);
    this.#tail[this.#tailLength] = value;
    this.#tailLength += 1;
  }

  /** Makes room for `bytes` more in the tail, at most `tailBytesMax`, by dropping the oldest. */
  #makeRoom(bytes: number): void {
    const tailBytesMax = this.#tailBytesMax;
    if (this.#tailLength + bytes <= this.#tail.length) return;
    if (this.#tail.length < 2 * tailBytesMax) {
      const grown = new Uint8Array(Math.min(2 * tailBytesMax, Math.max(64, 2 * (this.#tailLength + bytes))));
      grown.set(asView(this.#tail, 0, this.#tailLength));
      this.#tail = grown;
      if (this.#tailLength + bytes <= grown.length) return;
    }
    const from = Math.max(0, this.#tailLength - tailBytesMax);
    this.#tail.copyWithin(0, from, this.#tailLength);
    this.#tailLength -= from;
  }

  /** Starts the field once Node would decode it like this. */
  #open(): void {
    if (this.#isOpen || this.#farLetterAt < 0 || !this.#hasEscape || !this.#hasOddEscape) return;
    const from = Math.max(0, this.#tailLength - this.#tailBytesMax);
    this.#unreadBytes += Math.max(0, this.#bytes - this.#tailBytesMax - this.#farLetterAt);
    this.#isOpen = true;
    this.#writer.startValue();
    this.#writer.run(this.#tail, from, this.#tailLength);
    this.#writer.flush();
    this.#tailLength = 0;
  }
}
