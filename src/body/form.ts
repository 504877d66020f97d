// `application/x-www-form-urlencoded` bodies: wraps the pair reader of `http/urlencoded` as a decoder.

import type { Limits } from '../base/limits.ts';
import type { FieldSink } from '../http/field.ts';
import { PairReader } from '../http/urlencoded.ts';
import { GuardedDecoder } from './guarded-decoder.ts';

/** Options for reading a form. */
export interface FormOptions {
  readonly limits: Pick<Limits, 'fieldNameBytesMax' | 'narrowTailBytesMax'>;
  /** See `PairReader`. */
  readonly separator?: string | undefined;
  /** Opens a sink for what only Node decodes differently. Absent: that is not read. */
  readonly openReading?: (() => FieldSink) | undefined;
  /** Called for bytes that only Node decodes differently and that were not read so. */
  readonly onUnread?: ((bytes: number) => void) | undefined;
}

/**
 * Reports each pair as ARGS_POST; see `PairReader` for what a pair is. Every byte string is a valid form; a `%` without two
 * hexadecimal digits sets URLENCODED_ERROR.
 */
export class FormDecoder extends GuardedDecoder {
  readonly #pairs: PairReader;
  readonly #onUnread: FormOptions['onUnread'];
  #hasToldError = false;
  #reportedBytes = 0;

  constructor(sink: FieldSink, { limits, separator, openReading, onUnread }: FormOptions) {
    super(sink);
    const narrow = openReading && { sink: openReading(), tailBytesMax: limits.narrowTailBytesMax };
    const { fieldNameBytesMax: nameBytesMax } = limits;
    this.#pairs = new PairReader(sink, { source: 'ARGS_POST', nameBytesMax, narrow, separator });
    this.#onUnread = onUnread;
  }

  override get heldBytes(): number {
    return this.#pairs.heldBytes;
  }

  protected override readChunk(chunk: Uint8Array): void {
    this.#pairs.write(chunk);
    this.#report();
  }

  protected override readEnd(): void {
    this.#pairs.end();
    this.#report();
  }

  protected override abandon(): void {
    this.#pairs.end();
  }

  #report(): void {
    const { hasInvalidEscape, unreadBytes } = this.#pairs;
    if (hasInvalidEscape && !this.#hasToldError) this.sink.fact('URLENCODED_ERROR', '1');
    this.#hasToldError = hasInvalidEscape;
    if (unreadBytes > this.#reportedBytes) this.#onUnread?.(unreadBytes - this.#reportedBytes);
    this.#reportedBytes = unreadBytes;
  }
}
