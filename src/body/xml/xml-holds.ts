// The bytes of an XML body that were read but not reported yet, and must therefore be held. Knows offsets only.

import type { XmlSections } from './xml-sections.ts';
import type { XmlNotes, XmlText } from './xml-text.ts';

/** The parts of the decoder that hold back bytes. */
export interface XmlHolders {
  readonly text: Pick<XmlText, 'waiting'>;
  readonly notes: Pick<XmlNotes, 'isHolding'>;
  readonly sections: Pick<XmlSections, 'heldBytes'>;
}

/** The start offsets of what is not reported, and the length of the body. */
export class XmlHolds {
  readonly #holders: XmlHolders;
  #bytes = 0;
  #markFrom = 0;
  #noteFrom = 0;
  #joined = 0;
  #joinedFrom = 0;

  constructor(holders: XmlHolders) {
    this.#holders = holders;
  }

  /** Bytes of all previous chunks. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Markup or a reference starts at an offset of the chunk. */
  beginMark(offset: number): void {
    this.#markFrom = this.#bytes + offset;
  }

  /** The mark that started last is a note; call this before the note is opened. */
  beginNote(): void {
    if (!this.#holders.notes.isHolding) this.#noteFrom = this.#markFrom;
  }

  /** A chunk was read. */
  endChunk(bytes: number): void {
    const { waiting } = this.#holders.text;
    if (waiting !== this.#joined) this.#joinedFrom = this.#bytes;
    this.#joined = waiting;
    this.#bytes += bytes;
  }

  /** How many of the last bytes are not reported. `isInMark`: whether the mark that started last is reported later. */
  heldBytes(isInMark: boolean): number {
    const { notes, sections } = this.#holders;
    let from = this.#bytes - sections.heldBytes;
    if (isInMark) from = Math.min(from, this.#markFrom);
    if (notes.isHolding) from = Math.min(from, this.#noteFrom);
    if (this.#joined > 0) from = Math.min(from, this.#joinedFrom);
    return this.#bytes - from;
  }
}
