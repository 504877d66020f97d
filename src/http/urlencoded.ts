// The pair reader for queries and forms: `name=value&…` bytes in, decoded fields out, cut anywhere. Knows no rule and
// not where the pairs came from.

import { byteSetWithout, hexDigitValue, notHex, toBytes } from '../base/bytes.ts';
import type { FieldSink, FieldSource } from './field.ts';
import { FieldWriter } from './field-writer.ts';

const ampersand = 0x26;
const equalsSign = 0x3d;
const plus = 0x2b;
const percent = 0x25;
const space = 0x20;

/** Bytes that begin a UTF-8 letter beyond U+00FF. */
const farLetter = 0xc4;
const farLetters = String.fromCharCode(...Array.from({ length: 256 - farLetter }, (_, index) => farLetter + index));
const plainInName = byteSetWithout(`&=+%${farLetters}`);
const plainInValue = byteSetWithout(`&+%${farLetters}`);

/** How much of a `%HH` the bytes read so far end with. */
const noEscape = 0;
const afterPercent = 1;
const afterDigit = 2;

/** Where pairs come from and how long a name is kept. */
export interface PairReaderOptions {
  readonly source: FieldSource;
  /** Bytes of a name that are kept; see `FieldWriter` for longer ones. */
  readonly nameBytesMax: number;
}

/**
 * Reads `application/x-www-form-urlencoded` pairs (WHATWG URL §5.1, byte for byte what ModSecurity and Coraza do):
 * pairs are split at `&`, name and value at the first `=`; `+` is a space; `%HH` is its byte; an invalid escape is kept
 * as it stands. A pair without `=` has an empty value; an empty segment (`a&&b`) is no pair. `;` is no separator.
 * Fields reach the sink in order and do not depend on how the bytes were cut. Never throws.
 */
export class PairReader {
  readonly #writer: FieldWriter;
  #isInPair = false;
  #isInValue = false;
  #escape = noEscape;
  #firstDigit = 0;
  /** Of the name or value under way. */
  #hasFarLetter = false;
  #hasOddEscape = false;
  #isAmbiguous = false;

  constructor(sink: FieldSink, options: PairReaderOptions) {
    this.#writer = new FieldWriter(sink, options.source, options.nameBytesMax);
  }

  /**
   * Whether a name or value so far had a letter beyond U+00FF as it is beside an escape that is invalid or no ASCII. Node
   * (`URLSearchParams`, `querystring`) keeps only the low byte of such letters where an escape does not decode: U+013C
   * is `<` then.
   */
  get isAmbiguous(): boolean {
    return this.#isAmbiguous;
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
      const plain = this.#isInValue ? plainInValue : plainInName;
      const start = offset;
      while (offset < length && plain[chunk[offset] as number] === 1) offset += 1;
      if (offset > start) {
        if (!this.#isInPair) this.#openPair();
        writer.run(chunk, start, offset);
        if (offset === length) break;
      }
      const byte = chunk[offset] as number;
      offset += 1;
      if (byte === ampersand) {
        if (this.#isInPair) this.#closePair();
        continue;
      }
      if (!this.#isInPair) this.#openPair();
      if (byte === equalsSign) this.#startValue();
      else if (byte === plus) writer.byte(space);
      else if (byte === percent) this.#escape = afterPercent;
      else {
        writer.byte(byte);
        this.#hasFarLetter = true;
        this.#isAmbiguous ||= this.#hasOddEscape;
      }
    }
    writer.flush();
  }

  /** Ends the last pair; an unfinished escape is kept as it stands. Call once. */
  end(): void {
    this.#keepEscape();
    if (this.#isInPair) this.#closePair();
  }

  /** Takes the byte after `%` or `%H`; answers the offset to go on at, the same one when the escape proves invalid. */
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
      if (decoded >= 0x80) this.#noteOddEscape();
    }
    return offset + 1;
  }

  #keepEscape(): void {
    if (this.#escape === noEscape) return;
    this.#writer.byte(percent);
    if (this.#escape === afterDigit) this.#writer.byte(this.#firstDigit);
    this.#escape = noEscape;
    this.#noteOddEscape();
  }

  #noteOddEscape(): void {
    this.#hasOddEscape = true;
    this.#isAmbiguous ||= this.#hasFarLetter;
  }

  #startPart(): void {
    this.#hasFarLetter = false;
    this.#hasOddEscape = false;
  }

  #openPair(): void {
    this.#isInPair = true;
    this.#startPart();
    this.#writer.truncateName(0);
    this.#writer.startName();
  }

  #startValue(): void {
    this.#startPart();
    this.#writer.endName();
    this.#writer.startValue();
    this.#isInValue = true;
  }

  #closePair(): void {
    if (!this.#isInValue) this.#startValue();
    this.#writer.endValue();
    this.#isInPair = false;
    this.#isInValue = false;
  }
}

/** Reads the pairs of a whole query (byte string, without `?`) into the sink as ARGS_GET. */
export function readQuery(query: string, sink: FieldSink, nameBytesMax: number): void {
  if (query.length === 0) return;
  const reader = new PairReader(sink, { source: 'ARGS_GET', nameBytesMax });
  reader.write(toBytes(query));
  reader.end();
}
