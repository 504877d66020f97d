// Further readings of values: where a value is a text of its own (JSON, GraphQL) that an application takes apart, its string
// literals are reported once more, unescaped and each by itself. Guesses: they add fields and never a failure. Knows no rule.

import { asView, byteSet } from '../base/bytes.ts';
import type { Limits } from '../base/limits.ts';
import type { BodyFact, FieldSink, FieldSource } from './field.ts';
import { LiteralReader } from './literals.ts';

/** The sources whose values are read further, and what the readings are reported as. */
const readingSources: Partial<Record<FieldSource, FieldSource>> = {
  ARGS_GET: 'ARGS_GET_READING',
  ARGS_POST: 'ARGS_POST_READING',
  REQUEST_COOKIES: 'REQUEST_COOKIES_READING',
  ARGS_GET_READING: 'ARGS_GET_READING',
  ARGS_POST_READING: 'ARGS_POST_READING',
  REQUEST_COOKIES_READING: 'REQUEST_COOKIES_READING',
};

/** White space, and the bytes of a byte order mark. */
const isSpace = byteSet(' \t\n\v\f\r\u00ef\u00bb\u00bf');
/** First bytes of JSON that holds strings or is one, and of GraphQL without a keyword. */
const opensText = byteSet('{["');
/** First words of GraphQL (October 2021 specification §2.2). */
const keywords = ['query', 'mutation', 'subscription', 'fragment'] as const;
const isWordByte = byteSet('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_');

/** What further readings need. */
export interface ValueReadingOptions {
  /** Opens a sink whose fields may be open while those of all others are. */
  readonly openReading: () => FieldSink;
  readonly limits: Pick<Limits, 'valueReadingDepthMax'>;
}

/**
 * Passes fields on, and reports the literals of a value (see `LiteralReader`) while it goes by, under its name, where
 *
 * - it begins with `{`, `[`, `"` or a word that GraphQL begins with, behind white space,
 * - or it is called `query`, as GraphQL over HTTP calls its text.
 *
 * Literals are read further in turn, up to `valueReadingDepthMax` levels. Keeps no bytes.
 */
export class ValueReadings implements FieldSink {
  readonly #sink: FieldSink;
  readonly #options: ValueReadingOptions;
  readonly #depth: number;
  #readingSink: FieldSink | undefined;
  #source: FieldSource | undefined;
  #name = '';
  #reader: LiteralReader | undefined;
  #isDecided = true;
  /** The word that the value begins with so far. */
  #word = '';

  constructor(sink: FieldSink, options: ValueReadingOptions, depth = 1) {
    this.#sink = sink;
    this.#options = options;
    this.#depth = depth;
  }

  begin(source: FieldSource, name: string): void {
    this.#sink.begin(source, name);
    this.#source = readingSources[source];
    this.#isDecided = this.#source === undefined;
    this.#name = name;
    this.#word = '';
  }

  write(value: Uint8Array): void {
    this.#sink.write(value);
    if (this.#reader !== undefined) this.#reader.write(value);
    else if (!this.#isDecided) this.#decide(value);
  }

  end(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.end();
    this.#sink.end();
  }

  fact(name: BodyFact, value: string): void {
    this.#sink.fact(name, value);
  }

  /** Looks at the first bytes that are no white space; begins to read where they say so. */
  #decide(value: Uint8Array): void {
    let offset = 0;
    if (this.#word === '') {
      while (offset < value.length && isSpace[value[offset] as number] === 1) offset += 1;
      if (offset === value.length) return;
      if (opensText[value[offset] as number] === 1 || /(?:^|\.)query$/.test(this.#name)) {
        this.#read(value, offset);
        return;
      }
    }
    while (offset < value.length && isWordByte[value[offset] as number] === 1) {
      this.#word += String.fromCharCode(value[offset] as number);
      offset += 1;
      if (!keywords.some((keyword) => keyword.startsWith(this.#word))) {
        this.#isDecided = true;
        return;
      }
    }
    if (offset === value.length) return;
    if (keywords.some((keyword) => keyword === this.#word)) this.#read(value, offset);
    this.#isDecided = true;
  }

  #read(value: Uint8Array, offset: number): void {
    this.#isDecided = true;
    this.#readingSink ??= this.#openSink();
    this.#reader = new LiteralReader(this.#readingSink, { source: this.#source as FieldSource, name: this.#name });
    this.#reader.write(asView(value, offset, value.length));
  }

  #openSink(): FieldSink {
    const { openReading, limits } = this.#options;
    const sink = openReading();
    if (this.#depth >= limits.valueReadingDepthMax) return sink;
    return new ValueReadings(sink, this.#options, this.#depth + 1);
  }
}
