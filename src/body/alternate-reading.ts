// Decodes a form that looks like another format as that format too: servers that accept any body as JSON do so, and some decode
// UTF-16 before they look for `&`. Both readings run in parallel, to the last byte.

import { asView, byteSet } from '../base/bytes.ts';
import type { FieldSink } from '../http/field.ts';
import { charsetOf, isRecoded, wideHeadBytes } from './charset.ts';
import type { Decoder } from './decoder.ts';
import { Guess } from './guess.ts';
import { lookOf, mayLookOtherwise, startOf, wideFormOf } from './sniff.ts';
import { LenientSink, type OpenLook } from './sniffing-decoder.ts';

/** Options of an alternate reading. */
export interface AlternateReadingOptions {
  /** The declared type, for the fact. */
  readonly declared: string;
  /** The declared charset; empty if there is none. */
  readonly charset: string;
  /** Receives the fields of the alternate reading, while fields of the declared one may be open. */
  readonly sink: FieldSink;
  readonly open: OpenLook;
  readonly sniffBytesMax: number;
  /**
   * The readings take turns at multiples of this, not counting white space before the body, so that the order of their fields
   * does not depend on chunks.
   */
  readonly blockBytes: number;
}

/**
 * Passes everything to the declared decoder, and a body that looks like JSON, XML, multipart or wide text also to a decoder for
 * that. If that decoder fails, the alternate reading ends silently. Sets BODY_TYPE_MISMATCH to `declared/look`, unless the
 * charset was declared.
 */
export class AlternateReading implements Decoder {
  readonly #declared: Decoder;
  readonly #options: AlternateReadingOptions;
  /**
   * `unknown` until the first byte that is not white space; `blocks` while both readings run, or it is not known whether they
   * will.
   */
  #state: 'unknown' | 'passing' | 'blocks' = 'unknown';
  #block: Uint8Array | undefined;
  #blockLength = 0;
  #position = 0;
  #isDecided = false;
  #second: Guess | undefined;

  constructor(declared: Decoder, options: AlternateReadingOptions) {
    this.#declared = declared;
    this.#options = options;
  }

  write(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    let offset = this.#state === 'unknown' ? this.#readStart(chunk) : 0;
    while (offset < chunk.length && this.#state === 'blocks') {
      const wanted = this.#options.blockBytes - (this.#position % this.#options.blockBytes) - this.#blockLength;
      const end = Math.min(offset + wanted, chunk.length);
      this.#keep(asView(chunk, offset, end));
      if (end - offset === wanted) this.#readBlock();
      offset = end;
    }
    if (offset < chunk.length) this.#declared.write(offset === 0 ? chunk : asView(chunk, offset, chunk.length));
  }

  /** Reads white space, which decides nothing, and the byte after it; returns the offset of that byte. */
  #readStart(chunk: Uint8Array): number {
    const isDeclaredWide = isRecoded(charsetOf(this.#options.charset));
    const start = isDeclaredWide ? 0 : startOf(chunk);
    if (start > 0) this.#declared.write(asView(chunk, 0, start));
    // Most forms start with a letter; nothing of these is kept.
    const first = chunk[start];
    if (first !== undefined) this.#state = isDeclaredWide || mayLookDifferent(first) ? 'blocks' : 'passing';
    return start;
  }

  get heldBytes(): number {
    return this.#blockLength + Math.max(this.#declared.heldBytes, this.#second?.heldBytes ?? 0);
  }

  /** Reads what waits for its block to be complete, unless it is too short to tell what it looks like. */
  flush(): void {
    if (this.#isDecided || this.#canDecide()) this.#readBlock();
  }

  /** Whether the bytes kept decide what the body looks like, whatever follows. */
  #canDecide(): boolean {
    const length = Math.min(this.#blockLength, this.#options.sniffBytesMax);
    if (this.#block === undefined || length < wideHeadBytes) return false;
    return length === this.#options.sniffBytesMax || !mayLookOtherwise(asView(this.#block, 0, length), otherLooks);
  }

  end(): void {
    this.#readBlock();
    try {
      this.#declared.end();
    } finally {
      this.#second?.end();
    }
  }

  #keep(bytes: Uint8Array): void {
    this.#block ??= new Uint8Array(this.#options.blockBytes);
    this.#block.set(bytes, this.#blockLength);
    this.#blockLength += bytes.length;
  }

  #readBlock(): void {
    if (this.#block === undefined || this.#blockLength === 0) return;
    const block = asView(this.#block, 0, this.#blockLength);
    this.#position += this.#blockLength;
    this.#blockLength = 0;
    if (!this.#isDecided) this.#decide(block);
    this.#declared.write(block);
    this.#second?.write(block);
  }

  #decide(block: Uint8Array): void {
    this.#isDecided = true;
    const { declared, charset, sink, open, sniffBytesMax } = this.#options;
    const head = asView(block, 0, Math.min(block.length, sniffBytesMax));
    const look = wideFormOf(head, charset) ?? lookOf(head);
    if (look === undefined || (look.processor === 'URLENCODED' && look.charset === undefined)) {
      this.#state = 'passing';
      return;
    }
    const found = look.charset?.kind ?? look.processor;
    if (found !== charsetOf(charset).kind && found !== 'LITERALS')
      sink.fact('BODY_TYPE_MISMATCH', `${declared}/${found}`);
    this.#second = new Guess(open(look, new LenientSink(sink)));
  }
}

/** A form is not an alternate reading of a form. */
const otherLooks = ['JSON', 'LITERALS', 'XML', 'MULTIPART'] as const;
const firstBytes = byteSet('{[<-/');

/** NUL, a byte order mark of UTF-16, `{`, `[`, `<`, `-`, `/`. */
function mayLookDifferent(byte: number): boolean {
  return byte === 0 || byte >= 0xfe || firstBytes[byte] === 1;
}
