// Text in UTF-16 or UTF-32 that shows this only by a byte order mark, converted to UTF-8; any other text unchanged. Browsers
// trust the mark of UTF-16 more than any header (WHATWG Encoding §6). Knows no body format.

import { asView } from '../base/bytes.ts';
import { openWideDecoder, sniffMark, wideHeadBytes } from './charset.ts';
import type { Decoder } from './decoder.ts';

/** First bytes of marks, and the lengths of the marks that they can start. */
const beginnings: readonly (readonly number[])[] = [
  [0xfe, 0xff],
  [0xff, 0xfe, 0x00, 0x00],
  [0x00, 0x00, 0xfe, 0xff],
];

/** Looks at the first bytes. Holds back up to four while they may be a mark; all others are passed on at once. */
export class MarkedTextDecoder implements Decoder {
  #next: Decoder;
  #isDecided = false;
  /** Allocated for the first byte, removed once the decision is made. */
  #head: Uint8Array | undefined;
  #headLength = 0;

  constructor(next: Decoder) {
    this.#next = next;
  }

  get heldBytes(): number {
    return this.#isDecided ? this.#next.heldBytes : this.#headLength;
  }

  write(chunk: Uint8Array): void {
    if (this.#isDecided) {
      this.#next.write(chunk);
      return;
    }
    const keptBytes = this.#headLength;
    this.#head ??= new Uint8Array(wideHeadBytes);
    const head = this.#head;
    let offset = 0;
    while (offset < chunk.length && !this.#isDecided) {
      head[this.#headLength] = chunk[offset] as number;
      this.#headLength += 1;
      offset += 1;
      this.#isDecided = !this.#mayBeMark(head);
    }
    if (!this.#isDecided) return;
    this.#open(head);
    if (keptBytes > 0) this.#next.write(asView(head, 0, keptBytes));
    this.#head = undefined;
    this.#next.write(chunk);
  }

  end(): void {
    if (!this.#isDecided && this.#head !== undefined) {
      this.#open(this.#head);
      this.#next.write(asView(this.#head, 0, this.#headLength));
    }
    this.#next.end();
  }

  /** Whether a further byte can change the decision. */
  #mayBeMark(head: Uint8Array): boolean {
    const length = this.#headLength;
    const isBegun = (mark: readonly number[]): boolean =>
      mark.length > length && mark.every((byte, index) => index >= length || byte === head[index]);
    return beginnings.some(isBegun);
  }

  /** Opens the decoder for the mark, if there is one; all bytes go through it, including the mark. */
  #open(head: Uint8Array): void {
    const charset = sniffMark(asView(head, 0, this.#headLength));
    if (charset !== undefined) this.#next = openWideDecoder(charset, this.#next, { keepsAscii: true });
  }
}
