// String literals of JSON, near-JSON (JSON5, Python, Java in lenient mode) and GraphQL, found in any text and unescaped. Knows no
// grammar except literals and comments, so that nothing can end the reading.

import { byteSetWithout } from '../base/bytes.ts';
import type { FieldSink, FieldSource } from './field.ts';
import { FieldWriter } from './field-writer.ts';
import { LiteralEscape } from './literal-escape.ts';

const doubleQuote = 0x22;
const backslash = 0x5c;
const slash = 0x2f;
const star = 0x2a;
const hash = 0x23;
const lineFeed = 0x0a;

const outside = 0;
const afterSlash = 1;
const inLineComment = 2;
const inBlockComment = 3;
const afterStar = 4;
const inLiteral = 5;
const afterEmpty = 6;
const inBlock = 7;
const inEscape = 8;

const plainOutside = byteSetWithout('"\'/#');
const plainInLine = byteSetWithout('\r\n');
const plainInComment = byteSetWithout('*');
const plainInDouble = byteSetWithout('"\\');
const plainInSingle = byteSetWithout("'\\");
const plainInBlock = byteSetWithout('"\\');

/** After these bytes a quote does not open a literal: word bytes, as in `it's`. */
const isWord: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 || /[\w$]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** Options of the reader. */
export interface LiteralOptions {
  readonly source: FieldSource;
  /** The name of all fields: a byte string. */
  readonly name: string;
}

/**
 * Reports each literal as a field: `"…"`, `'…'` and GraphQL's `"""…"""`, unescaped (`\uHHHH`, `\u{H…}`, `\xHH`; a backslash
 * before a line end is removed with it, before any other letter it stands for that letter), keys and values alike. A literal
 * opens at a quote that does not follow a letter or digit. Comments (`//`, `/*`, `#`) outside literals are skipped. An
 * unterminated literal extends to the end of the text. Never throws; keeps a few bytes; fields do not depend on cuts.
 */
export class LiteralReader {
  readonly #writer: FieldWriter;
  #state = outside;
  #quote = 0;
  /** Whether nothing of the open literal has been read. */
  #isEmpty = true;
  #previous = 0;
  /** In a block: quotes read that may end it, or open it if it has just begun. */
  #quotes = 0;
  /** In a block: whether these quotes follow a backslash, and therefore belong to it. */
  #isEscaped = false;
  readonly #escape: LiteralEscape;

  constructor(sink: FieldSink, { source, name }: LiteralOptions) {
    this.#writer = new FieldWriter(sink, source, name.length);
    this.#writer.appendName(name);
    this.#escape = new LiteralEscape(this.#writer);
  }

  /** Whether a literal is open. */
  get isInside(): boolean {
    return this.#state >= inLiteral && this.#state !== afterEmpty;
  }

  /** How many of the last bytes are kept, at least: of an escape, or quotes that may end a literal. */
  get heldBytes(): number {
    if (this.#state === afterEmpty) return '""'.length;
    return this.#escape.heldBytes + this.#quotes;
  }

  /** Begins inside a literal whose beginning was read by another reader. */
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
    this.#escape.end();
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
        this.#escape.endPair();
        this.#writer.run(chunk, start, offset);
      }
      this.#previous = chunk[offset - 1] as number;
    }
    return offset === chunk.length ? offset : this.#take(chunk[offset] as number, offset);
  }

  /** The bytes without meaning in this state; `undefined` if every byte has one. */
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

  /** Takes one byte with a meaning; returns the offset to continue at. */
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
      this.#escape.start();
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
    this.#escape.endPair();
    this.#writer.endValue();
    this.#state = outside;
    this.#previous = this.#quote;
  }

  #takeEscape(byte: number, offset: number): number {
    const taken = this.#escape.take(byte);
    if (taken !== 'more') this.#state = inLiteral;
    return taken === 'done-before' ? offset : offset + 1;
  }
}
