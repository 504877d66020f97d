// Reads a body as it was sent, in every way that a server might: removes content encodings, chooses the decoder, and passes on
// the bytes themselves too. Each failure is reported once, and reading continues. Knows no rule and no policy.

import { isBodyError, WafError } from '../base/errors.ts';
import { runAtOnce, type Steps } from '../base/turn.ts';
import { allValues } from '../http/headers.ts';
import type { AlternateReading } from './alternate-reading.ts';
import type { BodyReaderOptions } from './body-options.ts';
import type { BodySink, Undecoded } from './body-sink.ts';
import { charsetOf, isRecoded, openCharsetDecoder } from './charset.ts';
import { AsSentReading } from './coding/as-sent-reading.ts';
import { ContentCodingDecoder, codingsOf } from './coding/content-coding.ts';
import { type Decoder, type DecoderInSteps, endInSteps, writeInSteps } from './decoder.ts';
import { charsetLabelOf, lookOpener, openFieldDecoders } from './field-decoders.ts';
import { MarkedTextDecoder } from './marked-text.ts';
import { type BodyProcessor, knownProcessor, processorOf } from './select.ts';

export type { BodyReaderOptions } from './body-options.ts';
export type { BodySink, Undecoded } from './body-sink.ts';

/**
 * Reads a body. `write` and `end` never throw because of the body: a decoder that fails is reported to the sink and no longer
 * used, while the sink still receives raw bytes; after broken content encodings, as they were sent.
 *
 * A body without a type, or with one that selects no decoder, is decoded as what it looks like. A form that looks like JSON, XML
 * or multipart is also decoded as that. Both set BODY_TYPE_MISMATCH.
 */
export class BodyReader implements DecoderInSteps {
  readonly processor: BodyProcessor;
  readonly #options: BodyReaderOptions;
  readonly #sink: BodySink;
  readonly #contentTypes: readonly string[];
  #isOpen = false;
  #raw: Decoder;
  #fields: Decoder | undefined;
  #codings: ContentCodingDecoder | undefined;
  #alternate: AlternateReading | undefined;
  #lost: Undecoded | undefined;
  #sentBytes = 0;
  #isStopped = false;
  #passedBytes = 0;
  /** Bytes that were decoded or reported as undecoded. */
  #countedBytes = 0;

  constructor(options: BodyReaderOptions) {
    this.#options = options;
    this.#sink = options.sink;
    this.#contentTypes = allValues(options.headers, 'content-type');
    this.processor = knownProcessor(options.processor) ?? processorOf(this.#contentTypes);
    this.#raw = new RawReceiver(options.sink);
  }

  get heldBytes(): number {
    return this.#codings?.heldBytes ?? this.#heldDecoded();
  }

  /** Reads a chunk as it was sent; borrowed. */
  write(chunk: Uint8Array): void {
    runAtOnce(this.writeInSteps(chunk));
  }

  /** The same, pausing after each piece that was reported: a chunk in a content encoding can expand to very much. */
  *writeInSteps(chunk: Uint8Array): Steps<void> {
    if (chunk.length === 0) return;
    if (!this.#isOpen) this.#open();
    this.#sentBytes += chunk.length;
    if (this.#isStopped) this.#sink.leaveUndecoded('work', chunk.length);
    else if (this.#codings === undefined) yield* this.#pass(chunk);
    else yield* this.#undo(this.#codings, this.#codings.writeInSteps(chunk));
  }

  /** Removes codings, step by step, while there is work left for the result. */
  *#undo(codings: ContentCodingDecoder, steps: Steps<void>): Steps<void> {
    try {
      for (const step of steps) {
        yield step;
        if (this.#sink.isSpent !== true) continue;
        this.#isStopped = true;
        this.close();
        this.#sink.leaveUndecoded('work', this.#sentBytes - codings.wholeBytes);
        return;
      }
    } catch (thrown) {
      this.#failCodings(thrown);
    }
  }

  /** Reads bytes that wait for more of a content encoding, for a pause in which everything received so far must be known. */
  flush(): void {
    runAtOnce(this.flushInSteps());
  }

  /** The same in steps. */
  *flushInSteps(): Steps<void> {
    if (this.#codings !== undefined) yield* this.#undo(this.#codings, this.#codings.flushInSteps());
    if (this.#fields === undefined) return;
    try {
      this.#alternate?.flush();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** The body is complete. */
  end(): void {
    runAtOnce(this.endInSteps());
  }

  /** The same in steps. */
  *endInSteps(): Steps<void> {
    if (this.#codings !== undefined) yield* this.#undo(this.#codings, this.#codings.endInSteps());
    yield* this.#endFields();
    this.#raw.end();
  }

  /** Frees the resources of a body that will not end. Idempotent. */
  close(): void {
    this.#codings?.close();
    this.#codings = undefined;
    this.#fields = undefined;
  }

  /** With the first byte: declarations about a body that never comes do not matter. */
  #open(): void {
    this.#isOpen = true;
    this.#raw = this.#openRaw(this.#contentTypes);
    if (this.#options.processor !== 'none') this.#openFields();
    this.#codings = this.#openCodings();
  }

  #openFields(): void {
    const opened = openFieldDecoders(this.#options, { contentTypes: this.#contentTypes, processor: this.processor });
    this.#fields = opened.decoder;
    this.#alternate = opened.alternate;
  }

  *#pass(bytes: Uint8Array): Steps<void> {
    const start = this.#passedBytes;
    this.#passedBytes += bytes.length;
    this.#raw.write(bytes);
    try {
      if (this.#fields !== undefined) yield* writeInSteps(this.#fields, bytes);
    } catch (thrown) {
      this.#fail(thrown);
      // Bytes come in pieces that cross no multiple of this, so the count does not depend on how the body was cut.
      this.#countedBytes = start - (start % this.#options.limits.decodeSliceBytesMax);
    }
    if (this.#lost === undefined) return;
    this.#sink.leaveUndecoded(this.#lost, this.#passedBytes - this.#countedBytes);
    this.#countedBytes = this.#passedBytes;
  }

  /** Bytes held after the content encodings. */
  #heldDecoded(): number {
    return Math.max(this.#raw.heldBytes, this.#fields?.heldBytes ?? 0);
  }

  *#endFields(): Steps<void> {
    try {
      const fields = this.#takeFields();
      if (fields !== undefined) yield* endInSteps(fields);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #takeFields(): Decoder | undefined {
    const fields = this.#fields;
    this.#fields = undefined;
    return fields;
  }

  /** A field decoder failed and is no longer used. */
  #fail(thrown: unknown): void {
    this.#fields = undefined;
    this.#lost = this.processor === 'RAW' ? 'guess' : 'format';
    // A guess that fails is not a failure.
    if (this.processor !== 'RAW' || !isBodyError(thrown)) this.#report(thrown);
  }

  /** The codings failed: from that block on, bytes are passed on raw as they were sent, and to no decoder. */
  #failCodings(thrown: unknown): void {
    const undecoded = this.#codings?.undecoded ?? [];
    this.#codings = undefined;
    this.#fields = undefined;
    this.#lost = 'coding';
    this.#countedBytes = this.#passedBytes;
    this.#report(thrown);
    for (const bytes of undecoded) if (bytes.length > 0) runAtOnce(this.#pass(bytes));
  }

  #report(thrown: unknown): void {
    if (!isBodyError(thrown)) throw thrown;
    this.#sink.fail(thrown);
  }

  #openCodings(): ContentCodingDecoder | undefined {
    const { headers, limits } = this.#options;
    const sink = this.#sink;
    const { codings, isFramed, unknown } = codingsOf(allValues(headers, 'content-encoding'));
    if (unknown !== undefined) {
      sink.fields.fact('BODY_CODING_UNSUPPORTED', unknown);
      this.#lost = 'coding';
      sink.fail(new WafError('body.unsupported', `content encoding ${unknown.slice(0, 40)} is not supported`));
      return undefined;
    }
    if (codings.length === 0 && !isFramed) return undefined;
    const reader = this;
    const next: DecoderInSteps = {
      write: (bytes) => runAtOnce(this.#pass(bytes)),
      end: () => this.#takeFields()?.end(),
      writeInSteps: (bytes) => this.#pass(bytes),
      endInSteps: () => endInSteps(this.#takeFields() ?? nothing),
      get heldBytes() {
        return reader.#heldDecoded();
      },
    };
    const onEncoded = (bytes: number): void => sink.expectCoded?.(bytes);
    const common = { codings, isFramed, sink: sink.fields, limits, onEncoded, take: sink.take };
    return new ContentCodingDecoder({ ...common, next, asSent: this.#openAsSent() });
  }

  /** Reads an encoded request like a server that does not decode content encodings. */
  #openAsSent(): Decoder | undefined {
    const { processor, limits } = this.#options;
    const { openReading } = this.#sink;
    if (openReading === undefined || processor === 'none') return undefined;
    const open = lookOpener(limits);
    const contentTypes = this.#contentTypes;
    return new AsSentReading({ contentTypes, processor: this.processor, sink: openReading(), open, limits });
  }

  /** The receiver of raw bytes, after a charset decoder if the text is declared to be wide. */
  #openRaw(contentTypes: readonly string[]): Decoder {
    const sink = this.#sink;
    const label = charsetLabelOf(contentTypes);
    const charset = charsetOf(label);
    // Some servers split such a form and then decode its values, others decode it first: one reading does not cover the other.
    if (isRecoded(charset) && this.processor === 'URLENCODED') {
      sink.fail(new WafError('body.malformed', `a form is declared to be in ${label.slice(0, 40)}`));
    }
    const isRead = charset.kind === 'ebcdic' && recodedProcessors.has(this.processor);
    if (charset.kind === 'unknown' || (charset.kind === 'ebcdic' && !isRead)) {
      sink.fields.fact('BODY_CHARSET_UNSUPPORTED', label);
      sink.fail(new WafError('body.charset', `charset ${label.slice(0, 40)} is not supported`));
    }
    return openCharsetDecoder(label, this.#raw, { keepsAscii: true }) ?? new MarkedTextDecoder(this.#raw);
  }
}

/** Formats whose decoders, or readers of raw bytes, recognize text in EBCDIC. */
const recodedProcessors: ReadonlySet<BodyProcessor> = new Set(['URLENCODED', 'JSON', 'XML', 'RAW']);

/** A sink as what a charset decoder passes text on to. */
class RawReceiver implements Decoder {
  readonly #sink: BodySink;

  constructor(sink: BodySink) {
    this.#sink = sink;
  }

  get heldBytes(): number {
    return 0;
  }

  write(chunk: Uint8Array): void {
    this.#sink.writeRaw(chunk);
  }

  end(): void {
    this.#sink.endRaw();
  }
}

const nothing: Decoder = { write() {}, end() {}, heldBytes: 0 };
