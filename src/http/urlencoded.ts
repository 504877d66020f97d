// The pair reader for queries and forms: `name=value&…` bytes in, decoded fields out, cut anywhere. Knows no rule, and not where
// the pairs came from.

import { byteSetWithout, hexDigitValue, notHex } from '../base/bytes.ts';
import type { FieldSink } from './field.ts';
import { FieldWriter } from './field-writer.ts';
import { NarrowLetters } from './narrow-letters.ts';

const equalsSign = 0x3d;
const plus = 0x2b;
const percent = 0x25;
const space = 0x20;

/** Bytes that begin a UTF-8 character above U+00FF. */
const farLetter = 0xc4;
const farLetters = String.fromCharCode(...Array.from({ length: 256 - farLetter }, (_, index) => farLetter + index));
const plainSets = (separator: string) => ({
  inName: byteSetWithout(`${separator}=+%${farLetters}`),
  inValue: byteSetWithout(`${separator}+%${farLetters}`),
});
const plainBesideAmpersand = plainSets('&');

/** How many bytes of a `%HH` the bytes read so far end with. */
const noEscape = 0;
const afterPercent = 1;
const afterDigit = 2;

/** The source of pairs, and how much of a name is kept. */
export interface PairReaderOptions {
  readonly source: 'ARGS_GET' | 'ARGS_POST';
  /** Maximum bytes of a name; see `FieldWriter` for longer ones. */
  readonly nameBytesMax: number;
  /** The separator of pairs (SecArgumentSeparator); absent: `&`. */
  readonly separator?: string | undefined;
  /** Reads names and values as only Node does (`NarrowLetters`). Absent: not read. */
  readonly narrow?: { readonly sink: FieldSink; readonly tailBytesMax: number } | undefined;
}

/**
 * Reads `application/x-www-form-urlencoded` pairs (WHATWG URL §5.1, byte for byte like ModSecurity and Coraza): pairs are split
 * at the separator, `&` by default, name and value at the first `=`; `+` is a space; `%HH` is its byte; an invalid escape is kept
 * unchanged and recorded. A pair without `=` has an empty value; an empty segment (`a&&b`) is not a pair. `;` is not a separator.
 * Fields reach the sink in order and do not depend on how the bytes were cut. Never throws.
 */
export class PairReader {
  readonly #writer: FieldWriter;
  readonly #separator: number;
  readonly #plain: ReturnType<typeof plainSets>;
  #isInPair = false;
  #isInValue = false;
  #escape = noEscape;
  #firstDigit = 0;
  #hasInvalidEscape = false;
  /** Absent if not needed. */
  readonly #narrow: NarrowLetters | undefined;
  /** Bytes of earlier chunks, and the offset at which the pair started. */
  #bytesBefore = 0;
  #pairFrom = 0;

  constructor(sink: FieldSink, { source, nameBytesMax, narrow, separator = '&' }: PairReaderOptions) {
    this.#separator = separator.charCodeAt(0);
    this.#plain = separator === '&' ? plainBesideAmpersand : plainSets(separator);
    this.#writer = new FieldWriter(sink, source, nameBytesMax);
    if (narrow !== undefined) this.#narrow = new NarrowLetters({ source: `${source}_READING`, ...narrow });
  }

  /** Whether any `%` so far was not followed by two hexadecimal digits (URLENCODED_ERROR). */
  get hasInvalidEscape(): boolean {
    return this.#hasInvalidEscape;
  }

  /** Bytes that only Node decodes differently and that were not reported like that: see `NarrowLetters`. */
  get unreadBytes(): number {
    return this.#narrow?.unreadBytes ?? 0;
  }

  /** How many of the last bytes belong to a name or an escape that is not reported yet. */
  get heldBytes(): number {
    const isNaming = this.#isInPair && !this.#writer.isOpen;
    return isNaming ? this.#bytesBefore - this.#pairFrom : this.#escape;
  }

  /** Reads a chunk; the bytes are borrowed until the call returns. */
  write(chunk: Uint8Array): void {
    const writer = this.#writer;
    const length = chunk.length;
    let offset = 0;
    while (offset < length) {
      if (this.#escape !== noEscape) {
        offset = this.#readEscape(chunk[offset] as number, offset);
        continue;
      }
      const plain = this.#isInValue ? this.#plain.inValue : this.#plain.inName;
      const start = offset;
      while (offset < length && plain[chunk[offset] as number] === 1) offset += 1;
      if (offset > start) {
        if (!this.#isInPair) this.#openPair(start);
        writer.run(chunk, start, offset);
        this.#narrow?.run(chunk, start, offset);
        if (offset === length) break;
      }
      const byte = chunk[offset] as number;
      offset += 1;
      if (byte === this.#separator) {
        if (this.#isInPair) this.#closePair();
        continue;
      }
      if (!this.#isInPair) this.#openPair(offset - 1);
      if (byte === equalsSign) this.#startValue();
      else if (byte === plus) this.#give(space);
      else if (byte === percent) this.#escape = afterPercent;
      else this.#give(byte);
    }
    this.#bytesBefore += length;
    writer.flush();
    this.#narrow?.flush();
  }

  /** Ends the last pair; an unfinished escape is kept unchanged. Call once. */
  end(): void {
    this.#keepEscape();
    if (this.#isInPair) this.#closePair();
  }

  /** Takes the byte after `%` or `%H`; returns the offset to continue at, which is the same one if the escape is invalid. */
  #readEscape(byte: number, offset: number): number {
    const digit = hexDigitValue[byte] as number;
    if (digit === notHex) {
      this.#keepEscape();
      return offset;
    }
    if (this.#escape === afterPercent) {
      this.#firstDigit = byte;
      this.#escape = afterDigit;
    } else {
      this.#escape = noEscape;
      const decoded = (hexDigitValue[this.#firstDigit] as number) * 16 + digit;
      this.#writer.byte(decoded);
      this.#narrow?.escape(decoded);
    }
    return offset + 1;
  }

  #keepEscape(): void {
    if (this.#escape === noEscape) return;
    this.#narrow?.oddEscape();
    this.#give(percent);
    if (this.#escape === afterDigit) this.#give(this.#firstDigit);
    this.#escape = noEscape;
    this.#hasInvalidEscape = true;
  }

  /** A byte that is not part of an escape. */
  #give(byte: number): void {
    this.#writer.byte(byte);
    this.#narrow?.byte(byte);
  }

  #openPair(offset: number): void {
    this.#isInPair = true;
    this.#pairFrom = this.#bytesBefore + offset;
    this.#writer.truncateName(0);
    this.#writer.startName();
  }

  #startValue(): void {
    this.#narrow?.endName();
    this.#writer.endName();
    this.#writer.startValue();
    this.#isInValue = true;
  }

  #closePair(): void {
    if (!this.#isInValue) this.#startValue();
    this.#narrow?.end();
    this.#writer.endValue();
    this.#isInPair = false;
    this.#isInValue = false;
  }
}
