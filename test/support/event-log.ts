// Field sinks for tests: what a decoder reported, as values that can be compared and printed.

import { WafError } from '../../src/base/errors.ts';
import type { Decoder } from '../../src/body/decoder.ts';
import type { BodyFact, FieldSink, FieldSource } from '../../src/http/field.ts';

/** One reported field; name and value are byte strings. */
export interface LoggedField {
  readonly source: FieldSource;
  readonly name: string;
  readonly value: string;
}

/** Collects fields and facts; fails if calls are out of order. */
export class EventLog implements FieldSink {
  readonly fields: LoggedField[] = [];
  readonly facts = new Map<BodyFact, string>();
  #open: { source: FieldSource; name: string; parts: Buffer[] } | undefined;

  begin(source: FieldSource, name: string): void {
    if (this.#open !== undefined) throw new Error(`begin ${name} while ${this.#open.name} is open`);
    this.#open = { source, name, parts: [] };
  }

  write(value: Uint8Array): void {
    if (this.#open === undefined) throw new Error('write without begin');
    if (value.length === 0) throw new Error('write of nothing');
    this.#open.parts.push(Buffer.from(value));
  }

  end(): void {
    if (this.#open === undefined) throw new Error('end without begin');
    const { source, name, parts } = this.#open;
    this.fields.push({ source, name, value: Buffer.concat(parts).toString('latin1') });
    this.#open = undefined;
  }

  fact(name: BodyFact, value: string): void {
    this.facts.set(name, value);
  }

  /** Whether a field is open. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** All fields; an open one with what has been written of it so far. */
  get told(): readonly LoggedField[] {
    if (this.#open === undefined) return this.fields;
    const { source, name, parts } = this.#open;
    return [...this.fields, { source, name, value: Buffer.concat(parts).toString('latin1') }];
  }

  /** One line per field, `SOURCE name = value` with non-printing bytes escaped; then the facts as `FACT name = value`, sorted. */
  lines(): string[] {
    const facts = [...this.facts].map(([name, value]) => `FACT ${name} = ${printable(value)}`);
    facts.sort((left, right) => (left < right ? -1 : 1));
    return [
      ...this.fields.map(({ source, name, value }) => `${source} ${printable(name)} = ${printable(value)}`.trimEnd()),
      ...facts,
    ];
  }
}

/** The log of a first reading and the logs of alternate readings, each opened on demand. */
export class ReadingLogs {
  readonly first = new EventLog();
  readonly further: EventLog[] = [];
  /** For `BodySink`. */
  readonly openReading = (): EventLog => {
    const log = new EventLog();
    this.further.push(log);
    return log;
  };

  get all(): readonly EventLog[] {
    return [this.first, ...this.further];
  }

  /** Fields of all readings, one reading after the other. */
  get fields(): LoggedField[] {
    return this.all.flatMap((log) => log.fields);
  }

  /** Whether a field is open. */
  get isOpen(): boolean {
    return this.all.some((log) => log.isOpen);
  }
}

/** Bytes outside of printable ASCII, and the backslash, as `\xHH`. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x5b\x5d-\x7e]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** The bytes of a text that `printable` made. */
export function unprintable(text: string): Buffer {
  return Buffer.from(
    text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** The result of one run of a decoder: the log's lines, and the code of its last error. */
export function runDecoder(make: (sink: FieldSink) => Decoder, chunks: readonly Uint8Array[]): string[] {
  const log = new EventLog();
  const decoder = make(log);
  let failure: string[] = [];
  try {
    for (const chunk of chunks) decoder.write(chunk);
    decoder.end();
  } catch (thrown) {
    if (!(thrown instanceof WafError)) throw thrown;
    failure = [`THROWS ${thrown.code}`];
  }
  if (log.isOpen) throw new Error('a field was left open');
  return [...log.lines(), ...failure];
}

/** `bytes` in chunks that end at the given offsets; each chunk is in memory of exactly its size. */
export function cutAt(bytes: Uint8Array, offsets: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  for (const end of [...offsets, bytes.length]) {
    chunks.push(Uint8Array.from(bytes.subarray(start, end)));
    start = end;
  }
  return chunks;
}

/** Every two-way cut of a body, the whole body, and single bytes. */
export function* everyCut(bytes: Uint8Array): Generator<{ readonly name: string; readonly chunks: Uint8Array[] }> {
  yield { name: 'whole', chunks: [Uint8Array.from(bytes)] };
  for (let offset = 0; offset <= bytes.length; offset += 1) {
    yield { name: `cut at ${offset}`, chunks: cutAt(bytes, [offset]) };
  }
  const every = Array.from({ length: Math.max(0, bytes.length - 1) }, (_, index) => index + 1);
  yield { name: 'single bytes', chunks: cutAt(bytes, every) };
}
