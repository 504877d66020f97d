// Text that elements divide: `uni<b/>on` is one word to an application that asks an element for all of its text (textContent
// of the DOM, XPath's string()). What stands on both sides of a tag is reported once more, joined. Knows no markup.

import { asView, copyInto } from '../../base/bytes.ts';
import type { FieldSink } from '../../http/field.ts';
import type { ElementStack } from './xml-elements.ts';

/** Bytes on either side of a tag that are joined: what is found only in a longer stretch is not found across it. */
const jointBytes = 512;
/** Bytes joined across several tags that are reported at once; the next report begins with the last `jointBytes` of them. */
const joinedBytesMax = 4096;

/**
 * Follows the texts of a document. Texts are joined in the order in which they stand when one element holds both: text of its
 * own and text of elements inside it. Elements that hold nothing but elements do not join the texts of these. White space at a
 * tag counts as one space. Reports XML_TEXT fields named `joined`, while no other field is open; where they begin and end
 * depends on the text alone.
 */
export class XmlMixedText {
  readonly #sink: FieldSink;
  readonly #elements: ElementStack;
  /** The texts so far that could be joined with the next; its last `jointBytes` count. */
  #tail = new Uint8Array(0);
  #tailLength = 0;
  #joined = new Uint8Array(0);
  #joinedLength = 0;
  /** Bytes joined behind the last tag; `jointBytes` when enough of them are. */
  #sinceTag = jointBytes;
  /** Depth of the outermost element that holds one of the texts itself. */
  #baseDepth = 0;
  #hasSpace = false;
  #reports = 0;

  constructor(sink: FieldSink, elements: ElementStack) {
    this.#sink = sink;
    this.#elements = elements;
  }

  /** 0 when nothing waits to be reported; else a number that changes when it was reported. */
  get waiting(): number {
    return this.#joinedLength === 0 ? 0 : this.#reports + 1;
  }

  /** White space stands between a tag and a text. */
  space(): void {
    this.#hasSpace = true;
  }

  /** A text begins that is more than white space. No field is open yet. */
  begin(): void {
    const { depth, lowestDepth } = this.#elements;
    const isJoined = this.#tailLength > 0 && lowestDepth >= Math.min(this.#baseDepth, depth);
    if (isJoined) {
      this.#join();
    } else {
      this.#report();
      this.#tailLength = 0;
    }
    this.#baseDepth = isJoined ? Math.min(this.#baseDepth, depth) : depth;
    this.#elements.markDepth();
    this.#hasSpace = false;
  }

  /** A byte of the text. */
  byte(value: number): void {
    if (this.#tailLength === this.#tail.length) this.#shortenTail();
    this.#tail[this.#tailLength] = value;
    this.#tailLength += 1;
    if (this.#sinceTag === jointBytes) return;
    this.#joined[this.#joinedLength] = value;
    this.#joinedLength += 1;
    this.#sinceTag += 1;
  }

  /** Bytes `[start, end)` of the text. Copies what it needs. */
  run(chunk: Uint8Array, start: number, end: number): void {
    const joinedEnd = Math.min(end, start + jointBytes - this.#sinceTag);
    if (joinedEnd > start) {
      copyInto(this.#joined, this.#joinedLength, chunk, start, joinedEnd);
      this.#joinedLength += joinedEnd - start;
      this.#sinceTag += joinedEnd - start;
    }
    const from = Math.max(start, end - jointBytes);
    if (this.#tailLength + end - from > this.#tail.length) this.#shortenTail();
    copyInto(this.#tail, this.#tailLength, chunk, from, end);
    this.#tailLength += end - from;
  }

  /** The text ended, and so did its field. */
  end(): void {
    if (this.#sinceTag === jointBytes) this.#report();
  }

  /** No text follows. */
  close(): void {
    this.#report();
    this.#tailLength = 0;
  }

  #join(): void {
    // There must be room for what follows the tag.
    if (this.#joinedLength + 1 + jointBytes > joinedBytesMax) this.#report();
    if (this.#joined.length === 0) this.#joined = new Uint8Array(joinedBytesMax);
    if (this.#joinedLength === 0) {
      const from = Math.max(0, this.#tailLength - jointBytes);
      copyInto(this.#joined, 0, this.#tail, from, this.#tailLength);
      this.#joinedLength = this.#tailLength - from;
    }
    this.#sinceTag = 0;
    if (this.#hasSpace) this.byte(0x20);
  }

  #shortenTail(): void {
    if (this.#tail.length === 0) this.#tail = new Uint8Array(2 * jointBytes);
    const from = Math.max(0, this.#tailLength - jointBytes);
    this.#tail.copyWithin(0, from, this.#tailLength);
    this.#tailLength -= from;
  }

  #report(): void {
    this.#sinceTag = jointBytes;
    if (this.#joinedLength === 0) return;
    const joined = asView(this.#joined, 0, this.#joinedLength);
    this.#joinedLength = 0;
    this.#reports += 1;
    this.#sink.begin('XML_TEXT', 'joined');
    this.#sink.write(joined);
    this.#sink.end();
  }
}
