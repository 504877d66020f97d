// Text split by elements: `uni<b/>on` is one word for an application that reads all text of an element (textContent of the DOM,
// XPath's string()). The text on both sides of a tag is reported again, joined. Knows no markup.

import { asView, copyInto } from '../../base/bytes.ts';
import type { FieldSink } from '../../http/field.ts';
import type { ElementStack } from './xml-elements.ts';

/** Bytes on each side of a tag that are joined; a longer match across it is not found. */
const jointBytes = 512;
/** Maximum bytes joined across several tags in one report; the next report starts with the last `jointBytes` of them. */
const joinedBytesMax = 4096;

/**
 * Follows the texts of a document. Texts are joined in document order if one element contains both: text of its own and text of
 * elements inside it. An element that contains only elements does not join their texts. White space at a tag counts as one space.
 * Reports XML_TEXT fields named `joined`, while no other field is open; their boundaries depend on the text alone.
 */
export class XmlMixedText {
  readonly #sink: FieldSink;
  readonly #elements: ElementStack;
  /** The texts so far that could be joined with the next; its last `jointBytes` are used. */
  #tail = new Uint8Array(0);
  #tailLength = 0;
  #joined = new Uint8Array(0);
  #joinedLength = 0;
  /** Bytes joined after the last tag; `jointBytes` if there are enough. */
  #sinceTag = jointBytes;
  /** Depth of the outermost element that directly contains one of the texts. */
  #baseDepth = 0;
  #hasSpace = false;
  #reports = 0;

  constructor(sink: FieldSink, elements: ElementStack) {
    this.#sink = sink;
    this.#elements = elements;
  }

  /** 0 if nothing waits to be reported; else a number that changes when it was reported. */
  get waiting(): number {
    return this.#joinedLength === 0 ? 0 : this.#reports + 1;
  }

  /** White space is between a tag and a text. */
  space(): void {
    this.#hasSpace = true;
  }

  /** A text starts that is more than white space. No field is open yet. */
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

  /** The text and its field have ended. */
  end(): void {
    if (this.#sinceTag === jointBytes) this.#report();
  }

  /** No text follows. */
  close(): void {
    this.#report();
    this.#tailLength = 0;
  }

  #join(): void {
    // Leaves room for what follows the tag.
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
