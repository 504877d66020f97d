// Reads a form that looks like something else as that too: servers that take any body for JSON do. Both readings go on
// side by side, to the last byte.

import { asView } from '../base/bytes.ts';
import { WafError } from '../base/errors.ts';
import type { FieldSink } from '../http/field.ts';
import type { Decoder } from './decoder.ts';
import { lookOf } from './sniff.ts';
import { type OpenLook, QuietSink } from './sniffing-decoder.ts';

/** What a second look is taken with. */
export interface SecondLookOptions {
  /** What the head said: goes into the fact. */
  readonly declared: string;
  /** Receives the fields of the second reading, while fields of the declared one may be open. */
  readonly sink: FieldSink;
  readonly open: OpenLook;
  readonly sniffBytesMax: number;
  /** Both readings take turns at multiples of this, so that the order of their fields does not depend on chunks. */
  readonly blockBytes: number;
}

/**
 * Passes everything on to the declared decoder, and a body that looks like JSON, XML or multipart also to a decoder for
 * that; where it does not decode, the second reading ends silently. Sets BODY_TYPE_MISMATCH to `declared/look`.
 */
export class SecondLook implements Decoder {
  readonly #declared: Decoder;
  readonly #options: SecondLookOptions;
  /** `unknown` until the first byte; `blocks` while both readings go on, or it is not known whether they will. */
  #state: 'unknown' | 'passing' | 'blocks' = 'unknown';
  #block: Uint8Array | undefined;
  #blockLength = 0;
  #position = 0;
  #isDecided = false;
  #second: Decoder | undefined;

  constructor(declared: Decoder, options: SecondLookOptions) {
    this.#declared = declared;
    this.#options = options;
  }

  write(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    // Most forms begin with a letter: nothing of them is kept.
    if (this.#state === 'unknown') this.#state = mayLookDifferent(chunk[0] as number) ? 'blocks' : 'passing';
    let offset = 0;
    while (offset < chunk.length && this.#state === 'blocks') {
      const wanted = this.#options.blockBytes - (this.#position % this.#options.blockBytes) - this.#blockLength;
      const end = Math.min(offset + wanted, chunk.length);
      this.#keep(asView(chunk, offset, end));
      if (end - offset === wanted) this.#readBlock();
      offset = end;
    }
    if (offset < chunk.length) this.#declared.write(offset === 0 ? chunk : asView(chunk, offset, chunk.length));
  }

  /** Reads what waits for its block to be complete, unless it is too little to tell what it looks like. */
  flush(): void {
    if (this.#isDecided || this.#blockLength >= this.#options.sniffBytesMax) this.#readBlock();
  }

  end(): void {
    this.#readBlock();
    try {
      this.#declared.end();
    } finally {
      this.#try((decoder) => decoder.end());
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
    this.#try((decoder) => decoder.write(block));
  }

  #decide(block: Uint8Array): void {
    this.#isDecided = true;
    const { declared, sink, open, sniffBytesMax } = this.#options;
    const look = lookOf(asView(block, 0, Math.min(block.length, sniffBytesMax)));
    if (look === undefined || look.processor === 'URLENCODED') {
      this.#state = 'passing';
      return;
    }
    sink.fact('BODY_TYPE_MISMATCH', `${declared}/${look.processor}`);
    this.#second = open(look, new QuietSink(sink));
  }

  /** A step of the second reading; malformed input ends it, `body.limit` is thrown. */
  #try(step: (decoder: Decoder) => void): void {
    if (this.#second === undefined) return;
    try {
      step(this.#second);
    } catch (thrown) {
      this.#second = undefined;
      if (!(thrown instanceof WafError && thrown.code === 'body.malformed')) throw thrown;
    }
  }
}

/** White space, a byte order mark, `{`, `[`, `<`, `-`. */
function mayLookDifferent(byte: number): boolean {
  return byte <= 0x20 || byte === 0xef || byte === 0x7b || byte === 0x5b || byte === 0x3c || byte === 0x2d;
}
