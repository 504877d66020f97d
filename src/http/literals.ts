// String literals of JSON, of what is nearly JSON (JSON5, Python, Java in lenient mode) and of GraphQL, found in any text and
// unescaped. Knows no grammar beyond literals and comments, so that nothing ends the reading.

import { byteSetWithout, hexDigitValue, notHex } from '../base/bytes.ts';
import type { FieldSink, FieldSource } from './field.ts';
import { FieldWriter } from './field-writer.ts';
import { writeUtf8 } from './utf8.ts';

const doubleQuote = 0x22;
const backslash = 0x5c;
const slash = 0x2f;
const star = 0x2a;
const hash = 0x23;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

const outside = 0;
const afterSlash = 1;
const inLineComment = 2;
const inBlockComment = 3;
const afterStar = 4;
const inLiteral = 5;
const afterEmpty = 6;
const inBlock = 7;
const inEscape = 8;
const inHex = 9;
const inBracedHex = 10;

const plainOutside = byteSetWithout('"\'/#');
const plainInLine = byteSetWithout('\r\n');
const plainInComment = byteSetWithout('*');
const plainInDouble = byteSetWithout('"\\');
const plainInSingle = byteSetWithout("'\\");
const plainInBlock = byteSetWithout('"\\');
const codePointMax = 0x10ffff;
const bracedDigitsMax = 8;

/** Bytes that a quote can stand behind without opening a literal: those of words, as in `it's`. */
const isWord: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 || /[\w$]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** What one letter behind a backslash stands for (ECMA-404, JSON5 §5.1); 255 for itself. */
const escapedByte = new Uint8Array(256).fill(255);
for (const [letter, byte] of ['b\b', 'f\f', 'n\n', 'r\r', 't\t', 'v\v', '0\0']) {
  escapedByte[(letter as string).charCodeAt(0)] = (byte as string).charCodeAt(0);
}

/** Where literals go. */
export interface LiteralOptions {
  readonly source: FieldSource;
  /** The name of all their fields: a byte string. */
  readonly name: string;
}

/**
 * Reports each literal as a field of its own: `"…"`, `'…'` and GraphQL's `"""…"""`, unescaped (`\uHHHH`, `\u{H…}`, `\xHH`, a
 * backslash before a line end is nothing, any other one stands for the letter behind it), keys and values alike. A literal opens
 * at a quote that no letter or digit stands before. Comments (`//`, `/*`, `#`) outside of literals are skipped. A literal that
 * does not end goes to the end of the text. Never throws; keeps a few bytes; fields do not depend on cuts.
 */
export class LiteralReader {
  readonly #writer: FieldWriter;
  #state = outside;
  #quote = 0;
  /** Whether nothing of the open literal has been read. */
  #isEmpty = true;
  #previous = 0;
  /** In a block: quotes read that may end it, or open it when it has just begun. */
  #quotes = 0;
  /** In a block: whether a backslash stands before these quotes, which then belong to it. */
  #isEscaped = false;
  #digits = 0;
  #digitsWanted = 0;
  #codePoint = 0;
  #highSurrogate = 0;
  /** What was read of an escape, given as it stands when it proves to be none. */
  #escape = '';

  constructor(sink: FieldSink, { source, name }: LiteralOptions) {
    this.#writer = new FieldWriter(sink, source, name.length);
    this.#writer.appendName(name);
  }

  /** Whether a literal is open. */
  get isInside(): boolean {
    return this.#state >= inLiteral && this.#state !== afterEmpty;
  }

  /** At least as many of the last bytes as are kept: of an escape, or quotes that may end a literal. */
  get heldBytes(): number {
    if (this.#state === afterEmpty) return '""'.length;
    const escapeBytes = this.#state >= inEscape ? '\\'.length + this.#escape.length : 0;
    const surrogateBytes = this.#highSurrogate === 0 ? 0 : '\\u{0000HHHH}'.length;
    return escapeBytes + surrogateBytes + this.#quotes;
  }

  /** Begins inside a literal: what came before was read by another reader. */
  enter(quote: number): void {
    this.#open(quote);
  }

  /** Reads a chunk; borrowed. */
  write(chunk: Uint8Array): void {
    let offset = 0;
    while (offset < chunk.length) offset = this.#step(chunk, offset);
    this.#writer.flush();
  }

  /** The text is complete. Call once. */
  end(): void {
    if (this.#state === afterEmpty) this.#close();
    if (!this.isInside) return;
    if (this.#state >= inEscape) this.#giveBack();
    this.#giveQuotes();
    this.#close();
  }

  #step(chunk: Uint8Array, start: number): number {
    const plain = this.#plain();
    if (plain === undefined) return this.#take(chunk[start] as number, start);
    let offset = start;
    while (offset < chunk.length && plain[chunk[offset] as number] === 1) offset += 1;
    if (offset > start) {
      if (this.isInside) {
        this.#isEmpty = false;
        this.#isEscaped = false;
        this.#giveQuotes();
        this.#giveSurrogate();
        this.#writer.run(chunk, start, offset);
      }
      this.#previous = chunk[offset - 1] as number;
    }
    return offset === chunk.length ? offset : this.#take(chunk[offset] as number, offset);
  }

  /** The bytes that change nothing in this state; `undefined` where each byte does. */
  #plain(): Uint8Array | undefined {
    switch (this.#state) {
      case outside:
        return plainOutside;
      case inLineComment:
        return plainInLine;
      case inBlockComment:
        return plainInComment;
      case inLiteral:
        return this.#quote === doubleQuote ? plainInDouble : plainInSingle;
      case inBlock:
        return plainInBlock;
      default:
        return undefined;
    }
  }

  /** Takes one byte that means something; answers the offset to go on at. */
  #take(byte: number, offset: number): number {
    const next = offset + 1;
    switch (this.#state) {
      case outside:
        this.#takeOutside(byte);
        return next;
      case afterSlash:
        this.#state = byte === slash ? inLineComment : byte === star ? inBlockComment : outside;
        this.#previous = slash;
        return this.#state === outside ? offset : next;
      case inLineComment:
        this.#leaveComment();
        return next;
      case inBlockComment:
        this.#state = afterStar;
        return next;
      case afterStar:
        if (byte === slash) this.#leaveComment();
        else if (byte !== star) this.#state = inBlockComment;
        return next;
      case inLiteral:
        this.#takeInLiteral(byte);
        return next;
      case afterEmpty:
        return this.#takeAfterEmpty(byte, offset);
      case inBlock:
        this.#takeInBlock(byte);
        return next;
      default:
        return this.#takeEscape(byte, offset);
    }
  }

  #takeOutside(byte: number): void {
    const isBehindWord = isWord[this.#previous] === 1;
    this.#previous = byte;
    if (byte === slash) this.#state = afterSlash;
    else if (byte === hash) this.#state = inLineComment;
    else if (!isBehindWord) this.#open(byte);
  }

  #leaveComment(): void {
    this.#state = outside;
    this.#previous = lineFeed;
  }

  #open(quote: number): void {
    this.#quote = quote;
    this.#state = inLiteral;
    this.#quotes = 0;
    this.#isEmpty = true;
    this.#writer.startValue();
  }

  #takeInLiteral(byte: number): void {
    if (byte === backslash) {
      this.#isEmpty = false;
      this.#state = inEscape;
      this.#escape = '\\';
      return;
    }
    if (this.#isEmpty && byte === doubleQuote) this.#state = afterEmpty;
    else this.#close();
  }

  #takeAfterEmpty(byte: number, offset: number): number {
    if (byte === doubleQuote) {
      this.#state = inBlock;
      this.#isEscaped = false;
      return offset + 1;
    }
    this.#close();
    return offset;
  }

  #takeInBlock(byte: number): void {
    if (byte === backslash) {
      this.#giveQuotes();
      this.#writer.byte(byte);
      this.#isEscaped = true;
      return;
    }
    this.#quotes += 1;
    if (this.#quotes < 3) return;
    if (this.#isEscaped) {
      this.#giveQuotes();
      this.#isEscaped = false;
      return;
    }
    this.#quotes = 0;
    this.#close();
  }

  /** Quotes of a block that did not end it belong to it. */
  #giveQuotes(): void {
    for (; this.#quotes > 0; this.#quotes -= 1) this.#writer.byte(doubleQuote);
  }

  #close(): void {
    this.#giveSurrogate();
    this.#writer.endValue();
    this.#state = outside;
    this.#previous = this.#quote;
  }

  #takeEscape(byte: number, offset: number): number {
    if (this.#state === inEscape) {
      this.#startEscape(byte);
      return offset + 1;
    }
    if (this.#state === inHex && this.#digits === 0 && this.#digitsWanted === 4 && byte === 0x7b) {
      this.#state = inBracedHex;
      this.#escape += '{';
      return offset + 1;
    }
    if (this.#state === inBracedHex && byte === 0x7d && this.#digits > 0) {
      this.#give(this.#codePoint);
      return offset + 1;
    }
    const digit = hexDigitValue[byte] as number;
    if (digit === notHex || this.#digits === bracedDigitsMax) {
      this.#giveBack();
      return offset;
    }
    this.#digits += 1;
    this.#escape += String.fromCharCode(byte);
    this.#codePoint = Math.min(this.#codePoint * 16 + digit, codePointMax);
    if (this.#state === inHex && this.#digits === this.#digitsWanted) this.#give(this.#codePoint);
    return offset + 1;
  }

  #startEscape(byte: number): void {
    if (byte === 0x75 || byte === 0x78) {
      this.#state = inHex;
      this.#digits = 0;
      this.#digitsWanted = byte === 0x75 ? 4 : 2;
      this.#codePoint = 0;
      this.#escape += String.fromCharCode(byte);
      return;
    }
    this.#giveSurrogate();
    this.#state = inLiteral;
    if (byte === lineFeed || byte === carriageReturn) return;
    const escaped = escapedByte[byte] as number;
    this.#writer.byte(escaped === 255 ? byte : escaped);
  }

  #give(codePoint: number): void {
    this.#state = inLiteral;
    const high = this.#highSurrogate;
    if (high !== 0 && codePoint >= 0xdc00 && codePoint <= 0xdfff) {
      this.#highSurrogate = 0;
      writeUtf8(0x10000 + ((high - 0xd800) << 10) + (codePoint - 0xdc00), this.#writer);
      return;
    }
    this.#giveSurrogate();
    if (codePoint >= 0xd800 && codePoint <= 0xdbff) this.#highSurrogate = codePoint;
    else writeUtf8(codePoint, this.#writer);
  }

  #giveSurrogate(): void {
    const high = this.#highSurrogate;
    this.#highSurrogate = 0;
    if (high !== 0) writeUtf8(high, this.#writer);
  }

  /** What looked like an escape is none: its bytes as they stand. */
  #giveBack(): void {
    this.#giveSurrogate();
    for (let index = 0; index < this.#escape.length; index += 1) this.#writer.byte(this.#escape.charCodeAt(index));
    this.#escape = '';
    this.#state = inLiteral;
  }
}
