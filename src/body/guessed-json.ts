// A body that looks like JSON but is not declared as JSON. It is decoded as JSON as far as that is valid, and from there on as
// string literals, because an application may use a more lenient parser (Python's NaN, JSON5, comments, concatenated texts).

import { asView, toBytes } from '../base/bytes.ts';
import { isBodyError } from '../base/errors.ts';
import type { FieldSink } from '../http/field.ts';
import { LiteralReader } from '../http/literals.ts';
import type { Decoder } from './decoder.ts';
import { JsonDecoder, type JsonOptions } from './json.ts';

const quote = 0x22;

/** Options for such a body. */
export interface GuessedJsonOptions extends JsonOptions {
  /** Whether it starts like JSON; otherwise only literals are read. */
  readonly isJson: boolean;
}

/**
 * Reports fields like `JsonDecoder` up to the first invalid byte or the first level that is too deep; from there on each string
 * literal as ARGS_POST_READING named `json`. Never throws: a wrong guess is not a failure.
 */
export class GuessedJsonDecoder implements Decoder {
  readonly #literals: LiteralReader;
  #json: JsonDecoder | undefined;

  /** @param sink one that hides failures. */
  constructor(sink: FieldSink, options: GuessedJsonOptions) {
    if (options.isJson) this.#json = new JsonDecoder(sink, options);
    this.#literals = new LiteralReader(sink, { source: 'ARGS_POST_READING', name: 'json' });
  }

  get heldBytes(): number {
    return this.#json?.heldBytes ?? this.#literals.heldBytes;
  }

  write(chunk: Uint8Array): void {
    const json = this.#json;
    if (json === undefined) {
      this.#literals.write(chunk);
      return;
    }
    try {
      json.write(chunk);
    } catch (thrown) {
      if (!isBodyError(thrown)) throw thrown;
      this.#json = undefined;
      const { offset, escape: begun } = json.rest;
      if (begun !== undefined) {
        this.#literals.enter(quote);
        this.#literals.write(toBytes(begun));
      }
      this.#literals.write(asView(chunk, offset, chunk.length));
    }
  }

  end(): void {
    if (this.#json === undefined) {
      this.#literals.end();
      return;
    }
    try {
      this.#json.end();
    } catch (thrown) {
      if (!isBodyError(thrown)) throw thrown;
    }
  }
}
