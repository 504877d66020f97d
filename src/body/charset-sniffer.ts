// Puts the right charset decoder in front of a structured decoder: by byte order mark or NUL bytes, not by what a header
// claims. Knows no body format.

import { asView } from '../base/bytes.ts';
import type { FieldSink } from '../http/field.ts';
import { charsetOf, isWide, openWideDecoder, sniffWideCharset } from './charset.ts';
import type { Decoder } from './decoder.ts';

/** Bytes that tell UTF-16 and UTF-32 from everything else. */
const headBytes = 4;

/** What is declared, and who is told when it is not true. */
export interface CharsetSnifferOptions {
  /** The declared charset; empty when there is none. */
  readonly label: string;
  readonly sink: FieldSink;
}

/**
 * Looks at the first four bytes: text in UTF-16 or UTF-32 reaches `next` as UTF-8, all other text as it is. A charset
 * that is not known sets BODY_CHARSET_UNSUPPORTED; one that the bytes contradict sets BODY_TYPE_MISMATCH.
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
    const found = sniffWideCharset(head);
    const { label, sink } = this.#options;
    const declared = charsetOf(label);
    if (found === undefined ? isWide(declared) : label !== '' && declared.kind !== found.kind) {
      sink.fact('BODY_TYPE_MISMATCH', `${label}/${found?.kind ?? 'ascii-compatible'}`);
    }
    if (found !== undefined) this.#next = openWideDecoder(found, this.#next, { keepsAscii: false });
    this.#next.write(head);
  }
}
