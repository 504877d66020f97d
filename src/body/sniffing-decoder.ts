// Decodes a body whose Content-Type is wrong as what it looks like. Best effort: a body that cannot be decoded is not an error,
// because nobody declared that it could.

import { asView } from '../base/bytes.ts';
import { WafError } from '../base/errors.ts';
import type { BodyFact, FieldSink, FieldSource } from '../http/field.ts';
import type { Decoder } from './decoder.ts';
import { type BodyLook, lookOf, mayLookOtherwise, startOf } from './sniff.ts';

/**
 * Passes fields on, and hides what rules deny on: failures of the decoder, and flags of a format that was not declared.
 */
export class LenientSink implements FieldSink {
  readonly #sink: FieldSink;

  constructor(sink: FieldSink) {
    this.#sink = sink;
  }

  begin(source: FieldSource, name: string): void {
    this.#sink.begin(source, name);
  }

  write(value: Uint8Array): void {
    this.#sink.write(value);
  }

  end(): void {
    this.#sink.end();
  }

  fact(name: BodyFact, value: string): void {
    const isFlag = name.startsWith('MULTIPART_') && name !== 'MULTIPART_NAME' && name !== 'MULTIPART_FILENAME';
    if (!isFlag && !name.startsWith('REQBODY_ERROR')) this.#sink.fact(name, value);
  }
}

/** Creates the decoder for a look, with a sink that hides its failures. */
export type OpenLook = (look: BodyLook, sink: FieldSink) => Decoder;

/** Options for sniffing. */
export interface SniffingOptions {
  /** The declared type, for the fact. */
  readonly declared: string;
  readonly sink: FieldSink;
  /** The looks that are accepted. */
  readonly believed: readonly BodyLook['processor'][];
  readonly open: OpenLook;
  readonly sniffBytesMax: number;
}

/**
 * Skips white space, keeps first bytes until they show what they look like (at most `sniffBytesMax`, or the whole body if it is
 * shorter), then decodes the body as that and sets BODY_TYPE_MISMATCH to `declared/look`. Malformed input ends the decoding
 * silently; `body.limit` is thrown, so that the bytes after it can be counted.
 */
export class SniffingDecoder implements Decoder {
  readonly #options: SniffingOptions;
  #head: Uint8Array | undefined;
  #headLength = 0;
  #isDecided = false;
  #decoder: Decoder | undefined;

  constructor(options: SniffingOptions) {
    this.#options = options;
  }

  get heldBytes(): number {
    return this.#isDecided ? (this.#decoder?.heldBytes ?? 0) : this.#headLength;
  }

  write(chunk: Uint8Array): void {
    if (this.#isDecided) {
      this.#try((decoder) => decoder.write(chunk));
      return;
    }
    const start = this.#headLength === 0 ? startOf(chunk) : 0;
    if (start > 0) {
      this.write(asView(chunk, start, chunk.length));
      return;
    }
    this.#head ??= new Uint8Array(this.#options.sniffBytesMax);
    const taken = Math.min(chunk.length, this.#head.length - this.#headLength);
    this.#head.set(asView(chunk, 0, taken), this.#headLength);
    this.#headLength += taken;
    const { believed } = this.#options;
    const head = asView(this.#head, 0, this.#headLength);
    if (this.#headLength < this.#head.length && mayLookOtherwise(head, believed)) return;
    this.#decide();
    if (taken < chunk.length) this.write(asView(chunk, taken, chunk.length));
  }

  end(): void {
    if (!this.#isDecided) this.#decide();
    this.#try((decoder) => decoder.end());
  }

  #decide(): void {
    this.#isDecided = true;
    if (this.#head === undefined || this.#headLength === 0) return;
    const head = asView(this.#head, 0, this.#headLength);
    const { declared, sink, believed, open } = this.#options;
    const look = lookOf(head);
    if (look === undefined || !believed.includes(look.processor)) return;
    if (look.processor !== 'LITERALS') sink.fact('BODY_TYPE_MISMATCH', `${declared}/${look.processor}`);
    this.#decoder = open(look, new LenientSink(sink));
    this.#try((decoder) => decoder.write(head));
  }

  #try(step: (decoder: Decoder) => void): void {
    if (this.#decoder === undefined) return;
    try {
      step(this.#decoder);
    } catch (thrown) {
      this.#decoder = undefined;
      if (!(thrown instanceof WafError && thrown.code === 'body.malformed')) throw thrown;
    }
  }
}
