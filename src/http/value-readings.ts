// Further readings of values: where a value is a text of its own (JSON, GraphQL) that an application takes apart, its string
// literals are reported once more, unescaped and each by itself. Guesses: they add fields and never a failure. Knows no rule.

import { asView } from '../base/bytes.ts';
import type { Limits } from '../base/limits.ts';
import type { BodyFact, FieldSink, FieldSource } from './field.ts';
import { LiteralReader } from './literals.ts';
import { TextStart } from './text-start.ts';

/** The sources whose values are read further, and what the readings are reported as. */
const readingSources: Partial<Record<FieldSource, FieldSource>> = {
  ARGS_GET: 'ARGS_GET_READING',
  ARGS_POST: 'ARGS_POST_READING',
  REQUEST_COOKIES: 'REQUEST_COOKIES_READING',
  ARGS_GET_READING: 'ARGS_GET_READING',
  ARGS_POST_READING: 'ARGS_POST_READING',
  REQUEST_COOKIES_READING: 'REQUEST_COOKIES_READING',
  REQUEST_HEADERS_READING: 'REQUEST_HEADERS_READING',
};

/** What further readings need. */
export interface ValueReadingOptions {
  /** Opens a sink whose fields may be open while those of all others are. */
  readonly openReading: () => FieldSink;
  /** Told of bytes of literals that are too deep to be reported. */
  readonly onUnread?: ((bytes: number) => void) | undefined;
  readonly limits: Pick<Limits, 'valueReadingDepthMax'>;
}

/**
 * Passes fields on, and reports the literals of a value (see `LiteralReader`) while it goes by, under its name, where it begins as
 * a text (see `TextStart`), or is called `query`, as GraphQL over HTTP calls its text.
 *
 * Literals are read further in turn, up to `valueReadingDepthMax` levels; those below are told to `onUnread`. Keeps no bytes.
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
  /** Of the value that does not tell yet. */
  #start: TextStart | undefined;

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
    this.#start?.restart();
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

  /** Looks at the first bytes; begins to read where they say so. */
  #decide(value: Uint8Array): void {
    this.#start ??= new TextStart();
    const found = isQuery(this.#name) ? 0 : this.#start.find(value, 0);
    if (found === undefined) return;
    this.#isDecided = true;
    if (found < 0) return;
    this.#readingSink ??= this.#openSink();
    this.#reader = new LiteralReader(this.#readingSink, { source: this.#source as FieldSource, name: this.#name });
    this.#reader.write(asView(value, found, value.length));
  }

  #openSink(): FieldSink {
    const { openReading, onUnread, limits } = this.#options;
    if (this.#depth > limits.valueReadingDepthMax) return { ...unheard, write: (value) => onUnread?.(value.length) };
    return new ValueReadings(openReading(), this.#options, this.#depth + 1);
  }
}

/** Whether a value is called as GraphQL over HTTP calls its text. */
function isQuery(name: string): boolean {
  return name.endsWith('query') && (name.length === 5 || name.at(-6) === '.');
}

/** Takes what is reported elsewhere, or by nobody. */
export const unheard: FieldSink = { begin() {}, write() {}, end() {}, fact() {} };
