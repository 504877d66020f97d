// A body that looks like JSON and was not called so: read as JSON as far as it is, and from there on as string literals, since
// an application may read it with a parser that allows more (Python's NaN, JSON5, comments, one text behind the other).

import { asView, toBytes } from '../base/bytes.ts';
import { isBodyError } from '../base/errors.ts';
import type { FieldSink } from '../http/field.ts';
import { LiteralReader } from '../http/literals.ts';
import type { Decoder } from './decoder.ts';
import { JsonDecoder, type JsonOptions } from './json.ts';

const quote = 0x22;

/** How such a body is read. */
export interface GuessedJsonOptions extends JsonOptions {
  /** Whether it begins as JSON does; otherwise literals alone are read. */
  readonly isJson: boolean;
}

/**
 * Reports fields as `JsonDecoder` does, up to the byte that it refuses or the level that is too deep; from there on each string
 * literal as ARGS_POST_READING named `json`. Never throws: where the guess is wrong, nothing has failed.
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
