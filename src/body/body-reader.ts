// A whole body, as it was sent, read in every way that a server might: content encodings undone, the right decoder chosen,
// the bytes themselves passed on beside. What fails is told once; reading goes on. Knows no rule and no policy.

import { isBodyError, WafError } from '../base/errors.ts';
import type { TakeMemory } from '../base/held-memory.ts';
import type { Limits } from '../base/limits.ts';
import { runAtOnce, type Steps } from '../base/turn.ts';
import type { FieldSink } from '../http/field.ts';
import { allValues, firstValue, type HeaderList } from '../http/headers.ts';
import { isEscapedText, parameterOf, parseMediaType } from '../http/media-type.ts';
import { ValueReadings } from '../http/value-readings.ts';
import { AlternateReading } from './alternate-reading.ts';
import { charsetOf, isRecoded, openCharsetDecoder, openWideDecoder } from './charset.ts';
import { AsSentReading } from './coding/as-sent-reading.ts';
import { ContentCodingDecoder, codingsOf } from './coding/content-coding.ts';
import { type Decoder, type DecoderInSteps, endInSteps, writeInSteps } from './decoder.ts';
import { EbcdicDecoder } from './ebcdic.ts';
import { openEscapedText } from './escaped-text.ts';
import { GuessedJsonDecoder } from './guessed-json.ts';
import { MarkedTextDecoder } from './marked-text.ts';
import { RawDecoder } from './raw.ts';
import { type BodyProcessor, knownProcessor, processorOf, selectDecoder } from './select.ts';
import { SideReading } from './side-reading.ts';
import type { BodyLook } from './sniff.ts';
import { LenientSink, SniffingDecoder } from './sniffing-decoder.ts';

/**
 * Why bytes were not decoded. `coding`: content encodings that are not known, or broken. `format`: the decoder had failed;
 * counted from the last multiple of `decodeSliceBytesMax` before. `guess`: the same of a body that
 * was read as what it looks like. `letters`: of a form, what Node alone reads otherwise. `part`: a file of a
 * multipart body that is not what its type says. `reading`: texts inside texts that are too deep. `work`: sent bytes in a
 * content encoding, left as they are once `isSpent`.
 */
export type Undecoded = 'coding' | 'format' | 'guess' | 'letters' | 'part' | 'reading' | 'work';

/** What a body is read with. */
export interface BodyReaderOptions {
  /** The head of the message: Content-Type, Content-Encoding and grpc-encoding are looked at. */
  readonly headers: HeaderList;
  /** What `ctl:requestBodyProcessor` said; `none` reads no fields at all, as for a response. */
  readonly processor?: string | 'none' | undefined;
  /** Receives the fields. */
  readonly sink: FieldSink;
  /** Opens a sink for a further reading, whose fields may be open while all others are. Absent: nothing is read further. */
  readonly openReading?: (() => FieldSink) | undefined;
  /** Receives the bytes of the body, content encodings undone, text in UTF-16 or UTF-32 as UTF-8; borrowed. */
  readonly body: Decoder;
  /** Told how many bytes in a content encoding are decoded next. */
  readonly onEncoded?: (bytes: number) => void;
  /** Asked for the memory of windows; absent: it is not counted. */
  readonly take?: TakeMemory;
  /** Told of each failure, at once: `body.malformed`, `body.limit`, `body.unsupported`. The open field has been ended. */
  readonly onFailure: (error: WafError) => void;
  /** Told of bytes that were passed to `body` and that a decoder should have read and did not. */
  readonly onUndecoded: (why: Undecoded, bytes: number) => void;
  /** Asked behind each piece: true stops the decoding of a body in a content encoding, of which little can stand for very much. */
  readonly isSpent?: () => boolean;
  /** The byte between the pairs of a form; absent: `&`. */
  readonly separator?: string | undefined;
  readonly limits: Limits;
}

/**
 * Reads a body. `write` and `end` throw nothing of a body's own making: a decoder that fails is told to `onFailure`
 * and left out from then on, `body` goes on receiving bytes; after broken content encodings, as they were sent.
 *
 * A body without a type, or of one that asks for no decoder, is decoded as what it looks like. A form that looks like
 * JSON, XML or multipart is read as that too. Either sets BODY_TYPE_MISMATCH.
 */
export class BodyReader implements DecoderInSteps {
  readonly processor: BodyProcessor;
  readonly #options: BodyReaderOptions;
  readonly #contentTypes: readonly string[];
  #isOpen = false;
  #body: Decoder;
  #fields: Decoder | undefined;
  #codings: ContentCodingDecoder | undefined;
  #alternate: AlternateReading | undefined;
  #lost: Undecoded | undefined;
  #sentBytes = 0;
  #isStopped = false;
  #passedBytes = 0;
  /** Bytes that were decoded or told to `onUndecoded`. */
  #countedBytes = 0;

  constructor(options: BodyReaderOptions) {
    this.#options = options;
    this.#contentTypes = allValues(options.headers, 'content-type');
    this.processor = knownProcessor(options.processor) ?? processorOf(this.#contentTypes);
    this.#body = options.body;
  }

  get heldBytes(): number {
    return this.#codings?.heldBytes ?? this.#heldDecoded();
  }

  /** Reads a chunk as it was sent; borrowed. */
  write(chunk: Uint8Array): void {
    runAtOnce(this.writeInSteps(chunk));
  }

  /** The same, stopping behind each piece that was told: a chunk in a content encoding may stand for very much. */
  *writeInSteps(chunk: Uint8Array): Steps<void> {
    if (chunk.length === 0) return;
    if (!this.#isOpen) this.#open();
    this.#sentBytes += chunk.length;
    if (this.#isStopped) this.#options.onUndecoded('work', chunk.length);
    else if (this.#codings === undefined) yield* this.#pass(chunk);
    else yield* this.#undo(this.#codings, this.#codings.writeInSteps(chunk));
  }

  /** Has codings undone, step by step, as long as there is work left for what comes of them. */
  *#undo(codings: ContentCodingDecoder, steps: Steps<void>): Steps<void> {
    try {
      for (const step of steps) {
        yield step;
        if (this.#options.isSpent?.() !== true) continue;
        this.#isStopped = true;
        this.close();
        this.#options.onUndecoded('work', this.#sentBytes - codings.wholeBytes);
        return;
      }
    } catch (thrown) {
      this.#failCodings(thrown);
    }
  }

  /** Reads what waits for more bytes of a content encoding: for a pause in which what came must be known. */
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
    this.#body.end();
  }

  /** Frees what a body that will not end holds. Idempotent. */
  close(): void {
    this.#codings?.close();
    this.#codings = undefined;
    this.#fields = undefined;
  }

  /** With the first byte: what a head says about a body that does not come is nobody's concern. */
  #open(): void {
    this.#isOpen = true;
    this.#body = this.#openBody(this.#contentTypes);
    if (this.#options.processor !== 'none') this.#fields = this.#openFields(this.#contentTypes);
    this.#codings = this.#openCodings();
  }

  *#pass(bytes: Uint8Array): Steps<void> {
    const start = this.#passedBytes;
    this.#passedBytes += bytes.length;
    this.#body.write(bytes);
    try {
      if (this.#fields !== undefined) yield* writeInSteps(this.#fields, bytes);
    } catch (thrown) {
      this.#fail(thrown);
      // Bytes come in pieces that cross no multiple of this: the count does not depend on how the body was cut.
      this.#countedBytes = start - (start % this.#options.limits.decodeSliceBytesMax);
    }
    if (this.#lost === undefined) return;
    this.#options.onUndecoded(this.#lost, this.#passedBytes - this.#countedBytes);
    this.#countedBytes = this.#passedBytes;
  }

  /** What is held of the bytes below the content encodings. */
  #heldDecoded(): number {
    return Math.max(this.#body.heldBytes, this.#fields?.heldBytes ?? 0);
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

  /** A field decoder failed: it is left out. */
  #fail(thrown: unknown): void {
    this.#fields = undefined;
    this.#lost = this.processor === 'RAW' ? 'guess' : 'format';
    // A guess that leads nowhere is nobody's failure.
    if (this.processor !== 'RAW' || !isBodyError(thrown)) this.#report(thrown);
  }

  /** The codings failed: from that block on bytes are passed to `body` as they were sent, and to no decoder. */
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
    this.#options.onFailure(thrown);
  }

  #openCodings(): ContentCodingDecoder | undefined {
    const { headers, sink, limits, onFailure, onEncoded, take } = this.#options;
    const { codings, isFramed, unknown } = codingsOf(allValues(headers, 'content-encoding'));
    if (unknown !== undefined) {
      sink.fact('BODY_CODING_UNSUPPORTED', unknown);
      this.#lost = 'coding';
      onFailure(new WafError('body.unsupported', `content encoding ${unknown.slice(0, 40)} is not supported`));
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
    const common = { codings, isFramed, sink, limits, onEncoded, take };
    return new ContentCodingDecoder({ ...common, next, asSent: this.#openAsSent() });
  }

  /** Reads a coded request as a server does that undoes no codings. */
  #openAsSent(): Decoder | undefined {
    const { openReading, processor, limits } = this.#options;
    if (openReading === undefined || processor === 'none') return undefined;
    const open = (look: BodyLook, quiet: FieldSink): Decoder => openLook(look, quiet, limits);
    const contentTypes = this.#contentTypes;
    return new AsSentReading({ contentTypes, processor: this.processor, sink: openReading(), open, limits });
  }

  /** The receiver of the body, behind a charset decoder when its text is declared to be wide. */
  #openBody(contentTypes: readonly string[]): Decoder {
    const { body, sink, onFailure } = this.#options;
    const label = labelOf(contentTypes);
    const charset = charsetOf(label);
    // Some servers split such a form and decode its values then, some decode it first: one reading does not show the other.
    if (isRecoded(charset) && this.processor === 'URLENCODED') {
      onFailure(new WafError('body.malformed', `a form is declared to be in ${label.slice(0, 40)}`));
    }
    const isRead = charset.kind === 'ebcdic' && recodedProcessors.has(this.processor);
    if (charset.kind === 'unknown' || (charset.kind === 'ebcdic' && !isRead)) {
      sink.fact('BODY_CHARSET_UNSUPPORTED', label);
      onFailure(new WafError('body.charset', `charset ${label.slice(0, 40)} is not supported`));
    }
    return openCharsetDecoder(label, body, { keepsAscii: true }) ?? new MarkedTextDecoder(body);
  }

  /** The sink, with what values hold read further. */
  #furtherRead(sink: FieldSink): FieldSink {
    const { openReading, onUndecoded, limits } = this.#options;
    const onUnread = (bytes: number): void => onUndecoded('reading', bytes);
    return openReading === undefined ? sink : new ValueReadings(sink, { openReading, onUnread, limits });
  }

  /**
   * Text in EBCDIC, decoded beside its bytes: some servers do, others take it as it is. Text in a language that undoes escapes in
   * quotes, with these undone.
   */
  #besideText(contentTypes: readonly string[], sniffing: Decoder): Decoder {
    const { openReading } = this.#options;
    if (openReading === undefined) return sniffing;
    const label = labelOf(contentTypes);
    const isEscaped = contentTypes.some((contentType) => isEscapedText(parseMediaType(contentType)));
    const whole = { source: 'REQUEST_BODY_READING', name: '', label } as const;
    const unescaped = isEscaped
      ? new SideReading(openEscapedText(new LenientSink(openReading()), whole), sniffing)
      : sniffing;
    if (charsetOf(label).kind !== 'ebcdic') return unescaped;
    return new SideReading(new EbcdicDecoder(new RawDecoder(openReading(), 'REQUEST_BODY_READING')), unescaped);
  }

  #openFields(contentTypes: readonly string[]): Decoder | undefined {
    const { headers, processor, limits } = this.#options;
    const sink = this.#furtherRead(this.#options.sink);
    const declared = contentTypes.length === 0 ? 'none' : parseMediaType(contentTypes[0] ?? '').essence;
    const isChosen = knownProcessor(processor) !== undefined;
    const open = (look: BodyLook, quiet: FieldSink): Decoder => openLook(look, quiet, limits);
    const { openReading, onUndecoded, separator, take } = this.#options;
    if (this.processor === 'RAW') {
      if (isChosen) return undefined;
      // A form has no beginning of its own: it is believed only where no usable type says something else.
      const isTyped = contentTypes.some((contentType) => parseMediaType(contentType).problems.length === 0);
      const believed = isTyped ? typedLooks : untypedLooks;
      const sniffing = new SniffingDecoder({ declared, sink, believed, open, sniffBytesMax: limits.sniffBytesMax });
      return this.#besideText(contentTypes, sniffing);
    }
    const grpcEncoding = firstValue(headers, 'grpc-encoding');
    const onUnread = (bytes: number): void => onUndecoded(this.processor === 'MULTIPART' ? 'part' : 'letters', bytes);
    const common = { contentTypes, processor: this.processor, grpcEncoding, sink, limits };
    const { decoder } = selectDecoder({ ...common, openReading, onUnread, separator, take });
    if (this.processor !== 'URLENCODED') return decoder;
    if (openReading === undefined) return decoder;
    const { sniffBytesMax, decodeBlockBytes: blockBytes } = limits;
    const charset = labelOf(contentTypes);
    const look = { declared, charset, sink: this.#furtherRead(openReading()), open, sniffBytesMax, blockBytes };
    this.#alternate = new AlternateReading(decoder, look);
    return this.#alternate;
  }
}

/** Those whose decoders, or whose readers of the bytes, see text in EBCDIC as what it is. */
const recodedProcessors: ReadonlySet<BodyProcessor> = new Set(['URLENCODED', 'JSON', 'XML', 'RAW']);

const nothing: Decoder = { write() {}, end() {}, heldBytes: 0 };

const typedLooks: readonly BodyLook['processor'][] = ['JSON', 'LITERALS', 'XML', 'MULTIPART'];
const untypedLooks: readonly BodyLook['processor'][] = [...typedLooks, 'URLENCODED'];

/** The declared charset; empty when there is none. */
function labelOf(contentTypes: readonly string[]): string {
  return parameterOf(parseMediaType(contentTypes[0] ?? ''), 'charset') ?? '';
}

/** The decoder for what a body looks like. */
function openLook(look: BodyLook, sink: FieldSink, limits: Limits): Decoder {
  const decoder = openNarrowLook(look, sink, limits);
  return look.charset === undefined ? decoder : openWideDecoder(look.charset, decoder, { keepsAscii: false });
}

function openNarrowLook({ processor, boundary }: BodyLook, sink: FieldSink, limits: Limits): Decoder {
  if (processor === 'JSON' || processor === 'LITERALS') {
    return new GuessedJsonDecoder(sink, { ...limits, isJson: processor === 'JSON' });
  }
  const contentTypes = boundary === undefined ? [] : [`multipart/form-data; boundary="${boundary}"`];
  return selectDecoder({ contentTypes, processor, sink, limits }).decoder;
}
