// `application/x-www-form-urlencoded` bodies: the pair reader of `http/urlencoded` behind the decoder contract.

import type { FieldSink } from '../http/field.ts';
import { PairReader } from '../http/urlencoded.ts';
import { GuardedDecoder } from './guarded-decoder.ts';

/** Reports each pair as ARGS_POST; see `PairReader` for what a pair is. Never throws while open: every byte string is a form. */
export class FormDecoder extends GuardedDecoder {
  readonly #pairs: PairReader;

  constructor(sink: FieldSink, options: { readonly fieldNameBytesMax: number }) {
    super(sink);
    this.#pairs = new PairReader(sink, { source: 'ARGS_POST', nameBytesMax: options.fieldNameBytesMax });
  }

  protected override readChunk(chunk: Uint8Array): void {
    this.#pairs.write(chunk);
  }

  protected override readEnd(): void {
    this.#pairs.end();
  }

  protected override abandon(): void {
    this.#pairs.end();
  }
}
