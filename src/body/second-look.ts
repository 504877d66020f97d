// Reads a form that looks like something else a second time, as that: servers that take any body for JSON do. Bounded by
// what was kept.

import { asView } from '../base/bytes.ts';
import { WafError } from '../base/errors.ts';
import type { FieldSink } from '../http/field.ts';
import type { Decoder } from './decoder.ts';
import { type BodyLook, lookOf } from './sniff.ts';
import { type OpenLook, QuietSink } from './sniffing-decoder.ts';

/** What a second look is taken with. */
export interface SecondLookOptions {
  /** What the head said: goes into the fact. */
  readonly declared: string;
  readonly sink: FieldSink;
  readonly open: OpenLook;
  /** Told at the end how many bytes were not kept, and so were read once only. */
  readonly onUnread: (bytes: number) => void;
  /** Bytes of the body that are kept for the second reading. */
  readonly keptBytesMax: number;
  readonly sniffBytesMax: number;
}

/**
 * Passes everything on to the declared decoder, and keeps the beginning of a body that looks like JSON, XML or multipart.
 * At the end the kept bytes are decoded as that too, their fields behind those of the declared decoder; what does not
 * decode is no error. Sets BODY_TYPE_MISMATCH to `declared/look`.
 */
export class SecondLook implements Decoder {
  readonly #declared: Decoder;
  readonly #options: SecondLookOptions;
  #kept = new Uint8Array(0);
  #keptLength = 0;
  #isKeeping = true;
  #bytes = 0;
  #look: BodyLook | undefined;

  constructor(declared: Decoder, options: SecondLookOptions) {
    this.#declared = declared;
    this.#options = options;
  }

  write(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#isKeeping) this.#keep(chunk);
    this.#declared.write(chunk);
  }

  end(): void {
    this.#declared.end();
    if (this.#isKeeping && this.#look === undefined) this.#decide();
    if (this.#look === undefined) return;
    const { open, sink, onUnread } = this.#options;
    if (this.#bytes > this.#keptLength) onUnread(this.#bytes - this.#keptLength);
    const decoder = open(this.#look, new QuietSink(sink));
    try {
      decoder.write(asView(this.#kept, 0, this.#keptLength));
      decoder.end();
    } catch (thrown) {
      if (!(thrown instanceof WafError && thrown.code === 'body.malformed')) throw thrown;
    }
  }

  #keep(chunk: Uint8Array): void {
    const { keptBytesMax, sniffBytesMax } = this.#options;
    // Most forms begin with a letter: nothing of them is kept.
    const first = this.#keptLength === 0 ? (chunk[0] ?? 0) : (this.#kept[0] as number);
    if (chunk.length > 0 && !mayLookDifferent(first)) {
      this.#isKeeping = false;
      return;
    }
    const length = Math.min(keptBytesMax, this.#keptLength + chunk.length);
    if (length > this.#kept.length) {
      const grown = new Uint8Array(Math.min(keptBytesMax, Math.max(length, this.#kept.length * 2)));
      grown.set(asView(this.#kept, 0, this.#keptLength));
      this.#kept = grown;
    }
    this.#kept.set(asView(chunk, 0, length - this.#keptLength), this.#keptLength);
    this.#keptLength = length;
    if (this.#look === undefined && length >= sniffBytesMax) this.#decide();
    if (length === keptBytesMax) this.#isKeeping = false;
  }

  #decide(): void {
    const { declared, sink, sniffBytesMax } = this.#options;
    const look = lookOf(asView(this.#kept, 0, Math.min(this.#keptLength, sniffBytesMax)));
    if (look === undefined || look.processor === 'URLENCODED') {
      this.#isKeeping = false;
      this.#kept = new Uint8Array(0);
      this.#keptLength = 0;
      return;
    }
    this.#look = look;
    sink.fact('BODY_TYPE_MISMATCH', `${declared}/${look.processor}`);
  }
}

/** White space, a byte order mark, `{`, `[`, `<`, `-`. */
function mayLookDifferent(byte: number): boolean {
  return byte <= 0x20 || byte === 0xef || byte === 0x7b || byte === 0x5b || byte === 0x3c || byte === 0x2d;
}
