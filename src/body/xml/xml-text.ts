// The text of an XML body as fields. White space around a text is removed, and comments inside it are kept separately until it
// ends, so that `uni<!-- -->on` is seen as one word, like in an application. Knows no markup.

import { asView, byteSet } from '../../base/bytes.ts';
import type { FieldSink } from '../../http/field.ts';
import { FieldWriter } from '../../http/field-writer.ts';
import type { ElementStack } from './xml-elements.ts';
import { XmlMixedText } from './xml-mixed-text.ts';

const space = byteSet(' \t\r\n');
/** White space inside a text that is held back in case the text ends there; more than that is passed on. */
const heldSpaceBytes = 256;

/** One text field at a time, without a name, from its first byte that is not white space to its last. */
export class XmlText {
  readonly #writer: FieldWriter;
  readonly #mixed: XmlMixedText;
  readonly #space = new Uint8Array(heldSpaceBytes);
  #spaceLength = 0;
  #isOpen = false;

  /** @param elements tracks what is between two texts. */
  constructor(sink: FieldSink, elements: ElementStack) {
    this.#writer = new FieldWriter(sink, 'XML_TEXT', 0);
    this.#mixed = new XmlMixedText(sink, elements);
  }

  /** Whether text other than white space has been seen since the last `close`. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Joined texts that wait to be reported; see `XmlMixedText.waiting`. */
  get waiting(): number {
    return this.#mixed.waiting;
  }

  /** Appends one decoded byte. */
  byte(value: number): void {
    if (space[value] === 0) {
      this.#open();
      this.#writer.byte(value);
      this.#mixed.byte(value);
      return;
    }
    if (!this.#isOpen) {
      this.#mixed.space();
      return;
    }
    if (this.#spaceLength === heldSpaceBytes) this.#giveSpace();
    this.#space[this.#spaceLength] = value;
    this.#spaceLength += 1;
  }

  /** Appends `chunk[start, end)`. */
  run(chunk: Uint8Array, start: number, end: number): void {
    let from = start;
    let to = end;
    if (!this.#isOpen) while (from < to && space[chunk[from] as number] === 1) from += 1;
    if (from > start) this.#mixed.space();
    while (to > from && space[chunk[to - 1] as number] === 1) to -= 1;
    if (to > from) {
      this.#open();
      this.#writer.run(chunk, from, to);
      this.#mixed.run(chunk, from, to);
    }
    for (let offset = to; offset < end; offset += 1) this.byte(chunk[offset] as number);
  }

  /** Passes on what is decoded, except for white space that may be at the end. */
  flush(): void {
    this.#writer.flush();
  }

  /** Ends the text, if there is one; trailing white space is removed. */
  close(): void {
    const isSpaceLast = this.#spaceLength > 0;
    this.#spaceLength = 0;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#writer.endValue();
    this.#mixed.end();
    if (isSpaceLast) this.#mixed.space();
  }

  /** Reports what remains if no text follows; call it while no field is open. */
  finish(): void {
    this.#mixed.close();
  }

  #open(): void {
    if (this.#isOpen) {
      this.#giveSpace();
      return;
    }
    this.#isOpen = true;
    this.#mixed.begin();
    this.#writer.startValue();
  }

  #giveSpace(): void {
    const length = this.#spaceLength;
    this.#spaceLength = 0;
    if (length === 0) return;
    this.#writer.run(this.#space, 0, length);
    this.#mixed.run(this.#space, 0, length);
  }
}

/** Maximum bytes of comments and instructions inside a text that wait for its end. */
const notesBytesMax = 4096;

/**
 * Content that is not text of the document but must be inspected: comments, processing instructions. Each is a field XML_TEXT
 * named after its kind; inside a text it waits, up to a limit, until the text has ended.
 */
export class XmlNotes {
  readonly #sink: FieldSink;
  readonly #text: XmlText;
  readonly #writer: FieldWriter;
  #waiting: Uint8Array | undefined;
  #waitingLength = 0;
  #isWaiting = false;
  #isOpen = false;

  constructor(sink: FieldSink, text: XmlText) {
    this.#sink = sink;
    this.#text = text;
    this.#writer = new FieldWriter(sink, 'XML_TEXT', 16);
  }

  /** Whether a note waits for the end of the surrounding text. */
  get isHolding(): boolean {
    return this.#isWaiting || this.#waitingLength > 0;
  }

  /** Starts a note of a kind: `!--`, `?`, `!DOCTYPE`. */
  open(kind: string): void {
    this.#isWaiting = this.#text.isOpen;
    if (this.#isWaiting) return;
    this.#writer.truncateName(0);
    this.#writer.appendName(kind);
    this.#writer.startValue();
    this.#isOpen = true;
  }

  /** Appends one byte; returns `false` if it cannot wait any longer, which the caller must report. */
  byte(value: number): boolean {
    if (!this.#isWaiting) {
      this.#writer.byte(value);
      return true;
    }
    if (this.#waitingLength === notesBytesMax) return false;
    if (this.#waiting === undefined) this.#waiting = new Uint8Array(notesBytesMax);
    this.#waiting[this.#waitingLength] = value;
    this.#waitingLength += 1;
    return true;
  }

  /** Appends `chunk[start, end)`; returns `false` like `byte`. */
  run(chunk: Uint8Array, start: number, end: number): boolean {
    if (!this.#isWaiting) {
      this.#writer.run(chunk, start, end);
      return true;
    }
    for (let offset = start; offset < end; offset += 1) {
      if (!this.byte(chunk[offset] as number)) return false;
    }
    return true;
  }

  /** Ends the note. */
  close(): void {
    if (this.#isOpen) this.#writer.endValue();
    this.#isOpen = false;
    this.#isWaiting = false;
  }

  flush(): void {
    this.#writer.flush();
  }

  /** Reports what waited, after the text has been closed. */
  release(): void {
    if (this.#waitingLength === 0 || this.#waiting === undefined) return;
    const waiting = asView(this.#waiting, 0, this.#waitingLength);
    this.#waitingLength = 0;
    this.#sink.begin('XML_TEXT', '!--');
    this.#sink.write(waiting);
    this.#sink.end();
  }
}
