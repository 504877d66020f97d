// Alternate readings of values: if a value contains another format (JSON, GraphQL) that an application decodes, its string
// literals are reported as well, unescaped and one by one. Guesses: they add fields but never a failure. Knows no rule.

import { asView } from '../base/bytes.ts';
import type { Limits } from '../base/limits.ts';
import type { BodyFact, FieldSink, FieldSource } from './field.ts';
import { LiteralReader } from './literals.ts';
import { TextStart } from './text-start.ts';

/** The sources whose values are read, and the sources of the readings. */
const readingSources: Partial<Record<FieldSource, FieldSource>> = {
  ARGS_GET: 'ARGS_GET_READING',
  ARGS_POST: 'ARGS_POST_READING',
  REQUEST_COOKIES: 'REQUEST_COOKIES_READING',
  ARGS_GET_READING: 'ARGS_GET_READING',
  ARGS_POST_READING: 'ARGS_POST_READING',
  REQUEST_COOKIES_READING: 'REQUEST_COOKIES_READING',
  REQUEST_HEADERS_READING: 'REQUEST_HEADERS_READING',
};

/** Options of these readings. */
export interface ValueReadingOptions {
  /** Opens a sink whose fields can be open at the same time as all others. */
  readonly openReading: () => FieldSink;
  /** Called with the bytes of literals nested too deeply to be reported. */
  readonly onUnread?: ((bytes: number) => void) | undefined;
  readonly limits: Pick<Limits, 'valueReadingDepthMax'>;
}

/**
 * Passes fields on, and reports the literals of a value (see `LiteralReader`) as it streams, under its name, if it starts like a
 * text (see `TextStart`) or is called `query`, as in GraphQL over HTTP.
 *
 * Literals are read in turn, up to `valueReadingDepthMax` levels; deeper ones are reported to `onUnread`. Keeps no bytes.
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
  /** For a value that is still undecided. */
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

  /** Looks at the first bytes; starts to read if they suggest it. */
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

/** Whether a value has the name that GraphQL over HTTP uses for its text. */
function isQuery(name: string): boolean {
  return name.endsWith('query') && (name.length === 5 || name.at(-6) === '.');
}

/** Discards what is reported elsewhere, or not at all. */
export const unheard: FieldSink = { begin() {}, write() {}, end() {}, fact() {} };
