// Puts the right charset decoder before a structured decoder, according to the byte order mark or NUL bytes, not to what a header
// claims. The byte order mark is removed. Knows no body format.

import { asView, equalBytes } from '../base/bytes.ts';
import type { FieldSink } from '../http/field.ts';
import { charsetOf, wideHeadBytes as headBytes, isRecoded, openWideDecoder, sniffWideCharset } from './charset.ts';
import type { Decoder } from './decoder.ts';
import { beginsEbcdic } from './ebcdic.ts';

/** U+FEFF in UTF-8. */
const utf8Mark = Uint8Array.of(0xef, 0xbb, 0xbf);

/** The declared charset, and the receiver of facts. */
export interface CharsetSnifferOptions {
  /** The declared charset; empty if there is none. */
  readonly label: string;
  readonly sink: FieldSink;
}

/**
 * Looks at the first four bytes: text in UTF-16 or UTF-32 reaches `next` as UTF-8, all other text unchanged, both without a
 * leading byte order mark (XML 1.0 §4.3.3; RFC 8259 §8.1 lets parsers ignore it). An unknown charset sets
 * BODY_CHARSET_UNSUPPORTED; one that the bytes contradict sets BODY_TYPE_MISMATCH.
 */
export class CharsetSniffer implements Decoder {
  readonly #options: CharsetSnifferOptions;
  #next: Decoder;
  readonly #head = new Uint8Array(headBytes);
  #headLength = 0;

  constructor(next: Decoder, options: CharsetSnifferOptions) {
    this.#next = next;
    this.#options = options;
    if (charsetOf(options.label).kind === 'unknown') options.sink.fact('BODY_CHARSET_UNSUPPORTED', options.label);
  }

  get heldBytes(): number {
    return this.#headLength < headBytes ? this.#headLength : this.#next.heldBytes;
  }

  write(chunk: Uint8Array): void {
    if (this.#headLength === headBytes) {
      this.#next.write(chunk);
      return;
    }
    const taken = Math.min(chunk.length, headBytes - this.#headLength);
    this.#head.set(asView(chunk, 0, taken), this.#headLength);
    this.#headLength += taken;
    if (this.#headLength < headBytes) return;
    this.#begin();
    if (taken < chunk.length) this.#next.write(asView(chunk, taken, chunk.length));
  }

  end(): void {
    if (this.#headLength > 0 && this.#headLength < headBytes) this.#begin();
    this.#next.end();
  }

  #begin(): void {
    const head = asView(this.#head, 0, this.#headLength);
    this.#headLength = headBytes;
    const declaredEbcdic = charsetOf(this.#options.label).kind === 'ebcdic' && beginsEbcdic(head[0]);
    const found = declaredEbcdic ? charsetOf(this.#options.label) : sniffWideCharset(head);
    const { label, sink } = this.#options;
    const declared = charsetOf(label);
    if (found === undefined ? isRecoded(declared) : label !== '' && declared.kind !== found.kind) {
      sink.fact('BODY_TYPE_MISMATCH', `${label}/${found?.kind ?? 'ascii-compatible'}`);
    }
    if (found !== undefined) this.#next = openWideDecoder(found, this.#next, { keepsAscii: false });
    const marked = equalBytes(asView(head, 0, Math.min(head.length, utf8Mark.length)), utf8Mark);
    const text = asView(head, marked ? utf8Mark.length : 0, head.length);
    if (text.length > 0) this.#next.write(text);
  }
}
