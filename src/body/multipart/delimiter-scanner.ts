// Separates the delimiter lines of a multipart body from its content (RFC 2046 §5.1.1), in a stream cut anywhere and without
// buffering content: what is held back is always a piece of the delimiter itself. Knows nothing of parts.

import { asView, toBytes } from '../../base/bytes.ts';

/** The line break before the current line; `noLineEnd` at the start of the body. */
const noLineEnd = 0;
const lineFeed = 1;
const carriageReturnLineFeed = 2;
type LineEnd = typeof noLineEnd | typeof lineFeed | typeof carriageReturnLineFeed;

/** What a call of `read` found. */
export type Found = 'content' | 'delimiter' | 'final';

/** Receives the content between delimiters, and what is irregular about them. */
export interface DelimiterEvents {
  /** Content bytes; borrowed until the call returns. */
  content(bytes: Uint8Array): void;
  /** The line of a delimiter has ended, with CRLF or with LF alone. */
  endsLine(hasReturn: boolean): void;
  /** A line begins with two dashes and is not a delimiter. */
  lookalike(): void;
  /** Servers may disagree about what follows. */
  problem(message: string): void;
}

const cr = 0x0d;
const lf = 0x0a;
const dash = 0x2d;
const lineEnds: readonly Uint8Array[] = [toBytes(''), toBytes('\n'), toBytes('\r\n')];

/** Limit of white space that may follow a delimiter on its line; kept in case the line proves to be content. */
const paddingBytesMax = 64;

const inContent = 0;
const afterReturn = 1;
const atLineStart = 2;
const afterDelimiter = 3;

/** Finds `--boundary` at line starts. A line ends with CRLF or, as many servers read it, with LF alone. */
export class DelimiterScanner {
  readonly #events: DelimiterEvents;
  readonly #delimiter: Uint8Array;
  #state = atLineStart;
  /** Whether nothing has been read before this line. */
  #isFirst = true;
  #lineEnd: LineEnd = noLineEnd;
  #matched = 0;
  readonly #tail = new Uint8Array(paddingBytesMax);
  #tailLength = 0;
  #found: Found = 'content';

  constructor(boundary: string, events: DelimiterEvents) {
    this.#delimiter = toBytes(`--${boundary}`);
    this.#events = events;
  }

  /** What the last call of `read` or `end` found. */
  get found(): Found {
    return this.#found;
  }

  /** How many of the last bytes may be a delimiter or the line break before one. */
  get heldBytes(): number {
    if (this.#state === inContent) return 0;
    if (this.#state === afterReturn) return 1;
    const tailLength = this.#state === afterDelimiter ? this.#tailLength : 0;
    return (lineEnds[this.#lineEnd] as Uint8Array).length + this.#matched + tailLength;
  }

  /** Whether these are a line break and nothing more. */
  get holdsLineBreakOnly(): boolean {
    return this.#state === afterReturn || (this.#state === atLineStart && this.#matched === 0);
  }

  /** Reads up to the end of the next delimiter (its line break included), or the end of the chunk; returns that offset. */
  read(chunk: Uint8Array, start: number): number {
    this.#found = 'content';
    let offset = start;
    while (offset < chunk.length && this.#found === 'content') {
      if (this.#state === inContent) offset = this.#readContent(chunk, offset);
      else if (this.#state === atLineStart) offset = this.#readLineStart(chunk, offset);
      else if (this.#state === afterDelimiter) offset = this.#readTail(chunk[offset] as number, offset);
      else offset = this.#readAfterReturn(chunk[offset] as number, offset);
    }
    return offset;
  }

  /** The next byte begins a line: called after headers, which the scanner does not see. */
  startLine(): void {
    this.#isFirst = false;
    this.#state = atLineStart;
    this.#lineEnd = noLineEnd;
    this.#matched = 0;
  }

  /** The body is complete: what was held back is content, or a delimiter without its line break. */
  end(): void {
    this.#found = 'content';
    if (this.#state === afterReturn) this.#events.content(asView(lineEnds[carriageReturnLineFeed] as Uint8Array, 0, 1));
    else if (this.#state === atLineStart) this.#releaseHeld(this.#matched);
    else if (this.#state === afterDelimiter) {
      if (this.#tailLength > 0 && this.#tail[0] === dash) this.#releaseHeld(this.#matched);
      else this.#found = 'delimiter';
    }
    this.#state = inContent;
  }

  #readContent(chunk: Uint8Array, start: number): number {
    const length = chunk.length;
    let from = start;
    for (;;) {
      const feed = chunk.indexOf(lf, from);
      if (feed === -1) {
        const isReturnLast = chunk[length - 1] === cr;
        if (isReturnLast) this.#state = afterReturn;
        this.#emit(chunk, start, isReturnLast ? length - 1 : length);
        return length;
      }
      if (feed + 1 < length && chunk[feed + 1] !== dash) {
        from = feed + 1;
        continue;
      }
      const hasReturn = feed > start && chunk[feed - 1] === cr;
      this.#emit(chunk, start, hasReturn ? feed - 1 : feed);
      this.#beginLine(hasReturn ? carriageReturnLineFeed : lineFeed);
      return feed + 1;
    }
  }

  #readAfterReturn(byte: number, offset: number): number {
    if (byte === lf) {
      this.#beginLine(carriageReturnLineFeed);
      return offset + 1;
    }
    this.#events.content(asView(lineEnds[carriageReturnLineFeed] as Uint8Array, 0, 1));
    this.#state = inContent;
    return offset;
  }

  #readLineStart(chunk: Uint8Array, start: number): number {
    let offset = start;
    const delimiter = this.#delimiter;
    while (offset < chunk.length) {
      if (chunk[offset] !== delimiter[this.#matched]) {
        if (this.#matched >= 2) this.#events.lookalike();
        this.#releaseHeld(this.#matched);
        return offset;
      }
      this.#matched += 1;
      offset += 1;
      if (this.#matched === delimiter.length) {
        this.#state = afterDelimiter;
        this.#tailLength = 0;
        return offset;
      }
    }
    return offset;
  }

  /** Processes a byte after `--boundary`; returns the offset to continue at. */
  #readTail(byte: number, offset: number): number {
    const last = this.#tailLength === 0 ? 0 : (this.#tail[this.#tailLength - 1] as number);
    if (byte === lf && last !== dash) {
      this.#endDelimiter('delimiter', last === cr ? carriageReturnLineFeed : lineFeed);
      return offset + 1;
    }
    if (byte === dash && last === dash) {
      this.#endDelimiter('final', noLineEnd);
      return offset + 1;
    }
    const isPadding = byte === 0x20 || byte === 0x09;
    const isExpected = this.#tailLength === 0 ? isPadding || byte === cr || byte === dash : isPadding || byte === cr;
    if (!isExpected || last === cr || last === dash || this.#tailLength === paddingBytesMax) {
      this.#events.lookalike();
      this.#events.problem('a line begins with the boundary and continues');
      this.#releaseHeld(this.#matched);
      return offset;
    }
    // RFC 2046 allows white space here in mail; some servers take the line for content.
    if (isPadding) this.#events.problem('white space follows a delimiter');
    this.#tail[this.#tailLength] = byte;
    this.#tailLength += 1;
    return offset + 1;
  }

  #endDelimiter(found: Found, after: LineEnd): void {
    if (this.#lineEnd === noLineEnd && !this.#isFirst) {
      this.#events.problem('a delimiter directly follows the headers of a part');
    }
    for (const lineEnd of [this.#lineEnd, after]) {
      if (lineEnd !== noLineEnd) this.#events.endsLine(lineEnd === carriageReturnLineFeed);
    }
    this.#found = found;
    this.#state = inContent;
  }

  #beginLine(lineEnd: LineEnd): void {
    this.#isFirst = false;
    this.#state = atLineStart;
    this.#lineEnd = lineEnd;
    this.#matched = 0;
  }

  /** What was held back is content: the line break, `matched` bytes of the delimiter, and its tail. */
  #releaseHeld(matched: number): void {
    const wasTail = this.#state === afterDelimiter;
    this.#state = inContent;
    const lineEnd = lineEnds[this.#lineEnd] as Uint8Array;
    if (lineEnd.length > 0) this.#events.content(lineEnd);
    if (matched > 0) this.#events.content(asView(this.#delimiter, 0, matched));
    if (wasTail && this.#tailLength > 0) this.#events.content(asView(this.#tail, 0, this.#tailLength));
  }

  #emit(chunk: Uint8Array, start: number, end: number): void {
    if (end > start) this.#events.content(asView(chunk, start, end));
  }
}
