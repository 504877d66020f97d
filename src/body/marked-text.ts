// Text in UTF-16 that says so by a byte order mark alone, as UTF-8; every other text as it is. Browsers believe the mark before any
// header (WHATWG Encoding §6). Knows no body format.

import { asView } from '../base/bytes.ts';
import { openWideDecoder } from './charset.ts';
import type { Decoder } from './decoder.ts';

const isMarkByte = (byte: number | undefined): boolean => byte === 0xfe || byte === 0xff;

/** Looks at the first two bytes. Keeps back one, where it may begin a mark; all others are passed on at once. */
export class MarkedTextDecoder implements Decoder {
  #next: Decoder;
  #isDecided = false;
  /** The first byte, when it may begin a mark. */
  #first: number | undefined;

  constructor(next: Decoder) {
    this.#next = next;
  }

  get heldBytes(): number {
    if (this.#isDecided) return this.#next.heldBytes;
    return this.#first === undefined ? 0 : 1;
  }

  write(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.#isDecided) {
      this.#next.write(chunk);
      return;
    }
    if (this.#first === undefined && isMarkByte(chunk[0])) {
      this.#first = chunk[0];
      this.write(asView(chunk, 1, chunk.length));
      return;
    }
    this.#isDecided = true;
    if (this.#first === undefined) {
      this.#next.write(chunk);
      return;
    }
    // The two bytes of a mark are different.
    if (isMarkByte(chunk[0]) && chunk[0] !== this.#first) {
      this.#next = openWideDecoder({ kind: 'utf-16', byteOrder: 'undeclared' }, this.#next, { keepsAscii: true });
    }
    this.#next.write(Uint8Array.of(this.#first));
    this.#next.write(chunk);
  }

  end(): void {
    if (!this.#isDecided && this.#first !== undefined) this.#next.write(Uint8Array.of(this.#first));
    this.#next.end();
  }
}
