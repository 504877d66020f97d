// GraphQL documents (`application/graphql`): one field with the text, in which escapes of string literals are decoded, so that
// `"\u0027 or 1=1"` is seen as a server sees it. Knows no schema.

import { byteSetWithout, hexDigitValue, notHex } from '../base/bytes.ts';
import type { FieldSink } from '../http/field.ts';
import { FieldWriter } from '../http/field-writer.ts';
import { writeUtf8 } from '../http/utf8.ts';
import { GuardedDecoder } from './guarded-decoder.ts';
import { escapedByte } from './json-text.ts';

const quote = 0x22;
const backslash = 0x5c;
const lineFeed = 0x0a;

const inText = 0;
const inComment = 1;
const inString = 2;
const inEscape = 3;
const inFixedHex = 4;
const inBracedHex = 5;

const plainInText = byteSetWithout('"#');
const plainInComment = byteSetWithout('\r\n');
const plainInString = byteSetWithout('"\\\r\n');
const codePointMax = 0x10ffff;

/** Reports the document as ARGS_POST `query`. Never throws while open: text that is not GraphQL is passed on unchanged. */
export class GraphqlDecoder extends GuardedDecoder {
  readonly #writer: FieldWriter;
  #isOpen = false;
  #state = inText;
  #digits = 0;
  #value = 0;
  /** The bytes read of an escape, passed on if it turns out not to be one. */
  #escape: number[] = [];

  constructor(sink: FieldSink) {
    super(sink);
    this.#writer = new FieldWriter(sink, 'ARGS_POST', 16);
  }

  override get heldBytes(): number {
    return this.#state > inString ? this.#escape.length : 0;
  }

  protected override readChunk(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (!this.#isOpen) {
      this.#writer.appendName('query');
      this.#writer.startValue();
      this.#isOpen = true;
    }
    let offset = 0;
    while (offset < chunk.length) {
      offset = this.#state > inString ? this.#readEscape(chunk, offset) : this.#readPlain(chunk, offset);
    }
    this.#writer.flush();
  }

  protected override readEnd(): void {
    if (this.#state > inString) this.#giveBack();
    this.abandon();
  }

  protected override abandon(): void {
    this.#writer.abort();
  }

  #readPlain(chunk: Uint8Array, start: number): number {
    const plain = [plainInText, plainInComment, plainInString][this.#state] as Uint8Array;
    let offset = start;
    while (offset < chunk.length && plain[chunk[offset] as number] === 1) offset += 1;
    if (offset > start) this.#writer.run(chunk, start, offset);
    if (offset === chunk.length) return offset;
    const byte = chunk[offset] as number;
    if (byte === backslash) {
      this.#escape = [backslash];
      this.#state = inEscape;
      return offset + 1;
    }
    this.#writer.byte(byte);
    // A block string opens and closes like empty strings; its escapes are then decoded like those of a string, which does no
    // harm.
    if (this.#state === inText) this.#state = byte === quote ? inString : inComment;
    else if (this.#state === inComment || byte === quote) this.#state = inText;
    return offset + 1;
  }

  #readEscape(chunk: Uint8Array, offset: number): number {
    const byte = chunk[offset] as number;
    this.#escape.push(byte);
    if (this.#state === inEscape) {
      if (byte === 0x75) {
        this.#digits = 0;
        this.#value = 0;
        this.#state = inFixedHex;
      } else if (escapedByte[byte] !== 0) this.#give(escapedByte[byte] as number);
      else this.#giveBack();
      return offset + 1;
    }
    if (this.#state === inFixedHex && this.#digits === 0 && byte === 0x7b) {
      this.#state = inBracedHex;
      return offset + 1;
    }
    if (this.#state === inBracedHex && byte === 0x7d && this.#digits > 0) {
      this.#give(this.#value);
      return offset + 1;
    }
    const digit = hexDigitValue[byte] as number;
    if (digit === notHex || this.#digits === 8) {
      // The byte may be the quote that ends the string, so it is read again.
      this.#escape.pop();
      this.#giveBack();
      return offset;
    }
    this.#digits += 1;
    this.#value = Math.min(this.#value * 16 + digit, codePointMax);
    if (this.#state === inFixedHex && this.#digits === 4) this.#give(this.#value);
    return offset + 1;
  }

  #give(codePoint: number): void {
    writeUtf8(codePoint, this.#writer);
    this.#state = inString;
  }

  #giveBack(): void {
    for (const byte of this.#escape) this.#writer.byte(byte);
    this.#state = this.#escape.at(-1) === lineFeed ? inText : inString;
  }
}
