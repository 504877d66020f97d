// `application/x-www-form-urlencoded` bodies: the pair reader of `http/urlencoded` behind the decoder contract.

import { WafError } from '../base/errors.ts';
import type { FieldSink } from '../http/field.ts';
import { PairReader } from '../http/urlencoded.ts';
import { GuardedDecoder } from './guarded-decoder.ts';

const ambiguity = 'a form mixes escapes with letters that are not escaped, so that Node reads other letters';

/**
 * Reports each pair as ARGS_POST; see `PairReader` for what a pair is. Every byte string is a form; one that Node may read
 * differently (`PairReader.isAmbiguous`) is read to its end, REQBODY_ERROR is reported at once, and `end()` throws
 * `body.malformed`.
 */
export class FormDecoder extends GuardedDecoder {
  readonly #pairs: PairReader;

  constructor(sink: FieldSink, options: { readonly fieldNameBytesMax: number }) {
    super(sink);
    this.#pairs = new PairReader(sink, { source: 'ARGS_POST', nameBytesMax: options.fieldNameBytesMax });
  }

  protected override readChunk(chunk: Uint8Array): void {
    this.#pairs.write(chunk);
    if (!this.#pairs.isAmbiguous) return;
    this.sink.fact('REQBODY_ERROR', '1');
    this.sink.fact('REQBODY_ERROR_MSG', ambiguity);
  }

  protected override readEnd(): void {
    this.#pairs.end();
    if (this.#pairs.isAmbiguous) throw new WafError('body.malformed', ambiguity);
  }

  protected override abandon(): void {
    this.#pairs.end();
  }
}
