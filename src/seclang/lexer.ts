// Rule text → directives as words: continuation lines, comments, quoting and escapes. Knows the location of each character; knows
// no directive by name except those that can contain a raw block.

import type { Location } from './ast.ts';
import { SeclangError, showText } from './seclang-error.ts';

/** The quotes around a word; empty if there were none. */
export type Quote = '"' | "'" | '`' | '';

/** The text of one file, with a mapping from offsets to lines and columns. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: number[] = [0];
  #lastLine = 0;
  #lastOffset = 0;
  #lastColumn = 1;

  /** @param text byte string; a UTF-8 byte order mark is skipped by the lexer. */
  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    if (text.startsWith('\xef\xbb\xbf')) this.#lastOffset = 3;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) this.#lineStarts.push(end + 1);
  }

  /** Line and column of an offset, both from 1. Columns count characters: a UTF-8 sequence is one. */
  locate(offset: number): Location {
    const line = this.#lineOf(offset);
    // Locations are requested in nearly ascending order; continuing from the last one keeps a long line linear.
    let from = this.#lineStarts[line] ?? 0;
    let column = 1;
    if (line === this.#lastLine && offset >= this.#lastOffset) {
      from = this.#lastOffset;
      column = this.#lastColumn;
    } else if (from === 0 && this.text.startsWith('\xef\xbb\xbf')) {
      from = Math.min(3, offset);
    }
    for (let at = from; at < offset; at++) {
      const byte = this.text.charCodeAt(at);
      if (byte < 0x80 || byte > 0xbf) column++;
    }
    this.#lastLine = line;
    this.#lastOffset = offset;
    this.#lastColumn = column;
    return { file: this.file, line: line + 1, column };
  }

  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Text after unquoting, with the mapping from its characters back to the file. */
export abstract class Text {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The location of character `index` in the file; `text.length` gives the location after the last character. */
  abstract locate(index: number): Location;

  /** An error at character `index` about `text`. */
  error(index: number, text: string, reason: string): SeclangError {
    return new SeclangError({ location: this.locate(index), text, reason });
  }
}

/** Text that starts at `location` and was written without escapes, e.g. a part of an action's value. */
export class PlacedText extends Text {
  readonly #location: Location;

  constructor(text: string, location: Location) {
    super(text);
    this.#location = location;
  }

  override locate(index: number): Location {
    return { ...this.#location, column: this.#location.column + index };
  }
}

/** One word of a directive. */
export class Word extends Text {
  readonly quote: Quote;
  readonly #source: SourceText;
  /** Pairs (index in `text`, offset in the source), ascending; between two pairs both advance together. */
  readonly #marks: readonly number[];

  constructor(source: SourceText, piece: { text: string; marks: readonly number[]; quote: Quote }) {
    super(piece.text);
    this.#source = source;
    this.#marks = piece.marks;
    this.quote = piece.quote;
  }

  override locate(index: number): Location {
    let low = 0;
    let high = this.#marks.length / 2 - 1;
    // The end of the text belongs to the piece before it, not to the start of a continuation line.
    const wanted = index >= this.text.length && index > 0 ? index - 1 : index;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#marks[middle * 2] ?? 0) <= wanted) low = middle;
      else high = middle - 1;
    }
    return this.#source.locate((this.#marks[low * 2 + 1] ?? 0) + (index - (this.#marks[low * 2] ?? 0)));
  }
}

/**
 * One directive as written in the file: its words, of which the first is its name; or the reason why it cannot be read. `length`
 * is that of its text. Of a directive that starts with `<` only the first word is returned, because Apache has its own syntax for
 * the rest.
 */
export type LexedDirective =
  | { readonly location: Location; readonly length: number; readonly words: readonly [Word, ...Word[]] }
  | { readonly location: Location; readonly length: number; readonly error: SeclangError };

/**
 * The directives of a file in order. A line whose first character is `#` is a comment. A backslash at the end of a line joins it
 * with the next (white space after the backslash is ignored, as in Coraza). Inside quotes a backslash before the quote character
 * makes it literal, two backslashes stay two, any other backslash is kept. After an error, reading continues with the next line.
 * Linear in the text.
 */
export function* lexDirectives(source: SourceText): Generator<LexedDirective, void, undefined> {
  const { text } = source;
  let at = text.startsWith('\xef\xbb\xbf') ? 3 : 0;
  while (at < text.length) {
    at = skipBlank(text, at);
    const char = text[at];
    if (char === undefined) return;
    if (char === '\n') {
      at++;
    } else if (char === '\\' && continuationAt(text, at) !== -1) {
      at = continuationAt(text, at);
    } else if (char === '#') {
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end + 1;
    } else {
      const location = source.locate(at);
      const line = new LineLexer(source, at);
      try {
        const words = line.words();
        yield { location, words, length: line.at - at };
        at = line.at;
      } catch (error) {
        if (!(error instanceof SeclangError)) throw error;
        const end = endOfDirective(text, Math.max(line.at, at));
        yield { location, error, length: end - at };
        at = end;
      }
    }
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0b || code === 0x0c;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** The start of the next line if a backslash at `at` continues this one, else -1. */
function continuationAt(text: string, at: number): number {
  const end = skipBlank(text, at + 1);
  if (end >= text.length) return end;
  return text[end] === '\n' ? end + 1 : -1;
}

function endOfDirective(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '\n') {
    const next = text[at] === '\\' ? continuationAt(text, at) : -1;
    at = next === -1 ? at + 1 : next;
  }
  return at;
}

/** Reads the words of one directive; `at` is where it stopped. */
class LineLexer {
  at: number;
  readonly #source: SourceText;
  readonly #text: string;

  constructor(source: SourceText, at: number) {
    this.#source = source;
    this.#text = source.text;
    this.at = at;
  }

  words(): readonly [Word, ...Word[]] {
    const first = this.#bareWord();
    const words: [Word, ...Word[]] = [first];
    if (first.text.startsWith('<')) {
      this.at = endOfDirective(this.#text, this.at);
      return words;
    }
    const hasRawBlock = first.text.toLowerCase() === 'secdataset';
    for (;;) {
      const isSpaced = this.#skipSpace();
      const char = this.#text[this.at];
      if (char === undefined || char === '\n') return words;
      if (!isSpaced)
        throw this.#error(
          this.at,
          'white space is missing after the closing quote (write \\" for a quote inside quotes)',
        );
      if (char === '"' || char === "'") words.push(this.#quotedWord(char));
      else if (char === '`' && hasRawBlock) words.push(this.#rawBlock());
      else words.push(this.#bareWord());
    }
  }

  /** Skips white space, continuations, and comment lines between continued lines. True if there was any. */
  #skipSpace(): boolean {
    const from = this.at;
    for (;;) {
      this.at = skipBlank(this.#text, this.at);
      const next = this.#text[this.at] === '\\' ? continuationAt(this.#text, this.at) : -1;
      if (next === -1) return this.at > from || this.at >= this.#text.length;
      this.at = next;
      this.#skipCommentLines();
    }
  }

  #skipCommentLines(): void {
    for (;;) {
      const start = skipBlank(this.#text, this.at);
      if (this.#text[start] !== '#') return;
      const end = this.#text.indexOf('\n', start);
      this.at = end === -1 ? this.#text.length : end + 1;
    }
  }

  #bareWord(): Word {
    const pieces = new Pieces(this.#text, this.at);
    for (; this.at < this.#text.length; ) {
      const code = this.#text.charCodeAt(this.at);
      if (code === 0x0a || isBlank(code)) break;
      const next = code === 0x5c ? continuationAt(this.#text, this.at) : -1;
      if (next === -1) {
        this.at++;
      } else {
        const from = this.at;
        this.at = next;
        this.#skipCommentLines();
        pieces.cut(from, this.at);
      }
    }
    return this.#word(pieces, this.at, '');
  }

  #quotedWord(quote: '"' | "'"): Word {
    const open = this.at;
    this.at++;
    const pieces = new Pieces(this.#text, this.at);
    for (;;) {
      const char = this.#text[this.at];
      if (char === undefined || char === '\n') {
        throw this.#error(
          open,
          `quote ${quote} is not closed on this line (end the line with a backslash to continue it)`,
        );
      }
      if (char === quote) break;
      if (char === '\\') this.#backslash(pieces, quote);
      else this.at++;
    }
    const word = this.#word(pieces, this.at, quote);
    this.at++;
    return word;
  }

  #backslash(pieces: Pieces, quote: string): void {
    const next = continuationAt(this.#text, this.at);
    if (next !== -1) {
      pieces.cut(this.at, next);
      this.at = next;
      const start = skipBlank(this.#text, next);
      if (this.#text[start] === '#') {
        throw this.#error(start, 'a comment inside quotes would become part of the text; remove the line');
      }
    } else if (this.#text[this.at + 1] === quote) {
      pieces.cut(this.at, this.at + 1);
      this.at += 2;
    } else {
      const isPair = this.#text[this.at + 1] === '\\' && continuationAt(this.#text, this.at + 1) === -1;
      this.at += isPair ? 2 : 1;
    }
  }

  #rawBlock(): Word {
    const open = this.at;
    const end = this.#text.indexOf('`', open + 1);
    if (end === -1) throw this.#error(open, 'backtick is not closed');
    const word = this.#word(new Pieces(this.#text, open + 1), end, '`');
    this.at = end + 1;
    return word;
  }

  #word(pieces: Pieces, end: number, quote: Quote): Word {
    return new Word(this.#source, { ...pieces.finish(end), quote });
  }

  #error(at: number, reason: string): SeclangError {
    const end = this.#text.indexOf('\n', at);
    const text = this.#text.slice(at, Math.min(end === -1 ? this.#text.length : end, at + 200)).trimEnd();
    return new SeclangError({ location: this.#source.locate(at), text, reason: `${reason}: ${showText(text)}` });
  }
}

/** Source text with some spans removed. */
class Pieces {
  readonly #text: string;
  readonly #pieces: string[] = [];
  readonly #marks: number[];
  #from: number;
  #length = 0;

  constructor(text: string, from: number) {
    this.#text = text;
    this.#from = from;
    this.#marks = [0, from];
  }

  /** Removes [from, to). */
  cut(from: number, to: number): void {
    this.#pieces.push(this.#text.slice(this.#from, from));
    this.#length += from - this.#from;
    this.#from = to;
    this.#marks.push(this.#length, to);
  }

  finish(end: number): { text: string; marks: readonly number[] } {
    this.#pieces.push(this.#text.slice(this.#from, end));
    return { text: this.#pieces.join(''), marks: this.#marks };
  }
}

/** Replaces every `\quote` by `quote`; two backslashes stay two, any other backslash is kept. For quotes inside a word. */
export function unescapeQuotes(text: string, quote: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\[\s\S]/g, (pair) => (pair[1] === quote ? quote : pair));
}

/** Drops ASCII white space at the end (byte 0xA0 is not white space here). Linear, unlike a regex on long runs. */
export function trimBlankEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (isBlank(text.charCodeAt(end - 1)) || text[end - 1] === '\n')) end--;
  return text.slice(0, end);
}
