// The decoders that turn a body into fields: the one selected by its type or a rule, else by what it looks like, and the
// alternate readings of some servers. Knows no content encoding.

import type { Limits } from '../base/limits.ts';
import type { FieldSink } from '../http/field.ts';
import { firstValue } from '../http/headers.ts';
import { isEscapedText, parameterOf, parseMediaType } from '../http/media-type.ts';
import { ValueReadings } from '../http/value-readings.ts';
import { AlternateReading } from './alternate-reading.ts';
import type { BodyReaderOptions } from './body-options.ts';
import type { BodySink } from './body-sink.ts';
import { charsetOf, openWideDecoder } from './charset.ts';
import type { Decoder } from './decoder.ts';
import { EbcdicDecoder } from './ebcdic.ts';
import { openEscapedText } from './escaped-text.ts';
import { GuessedJsonDecoder } from './guessed-json.ts';
import { RawDecoder } from './raw.ts';
import { type BodyProcessor, knownProcessor, selectDecoder } from './select.ts';
import { SideReading } from './side-reading.ts';
import type { BodyLook } from './sniff.ts';
import { LenientSink, SniffingDecoder } from './sniffing-decoder.ts';

const typedLooks: readonly BodyLook['processor'][] = ['JSON', 'LITERALS', 'XML', 'MULTIPART'];
const untypedLooks: readonly BodyLook['processor'][] = [...typedLooks, 'URLENCODED'];

/** How a body is declared. */
export interface DeclaredBody {
  readonly contentTypes: readonly string[];
  readonly processor: BodyProcessor;
}

/** The decoders of a body. */
export interface FieldDecoders {
  /** Absent: no fields are read. */
  readonly decoder: Decoder | undefined;
  /** The decoder, if it also reads a form as what it looks like, and may therefore wait for more bytes. */
  readonly alternate?: AlternateReading;
}

/** Opens the decoders of a body. */
export function openFieldDecoders(options: BodyReaderOptions, body: DeclaredBody): FieldDecoders {
  if (body.processor === 'RAW') return { decoder: openUntyped(options, body.contentTypes) };
  const { headers, limits, separator } = options;
  const { openReading, take } = options.sink;
  const { processor, contentTypes } = body;
  const grpcEncoding = firstValue(headers, 'grpc-encoding');
  const onUnread = (bytes: number): void =>
    options.sink.leaveUndecoded(processor === 'MULTIPART' ? 'part' : 'letters', bytes);
  const sink = furtherRead(options.sink.fields, options);
  const common = { contentTypes, processor, grpcEncoding, sink, limits };
  const { decoder } = selectDecoder({ ...common, openReading, onUnread, separator, take });
  if (processor !== 'URLENCODED' || openReading === undefined) return { decoder };
  const { sniffBytesMax, decodeBlockBytes: blockBytes } = limits;
  const alternate = new AlternateReading(decoder, {
    declared: declaredType(contentTypes),
    charset: charsetLabelOf(contentTypes),
    sink: furtherRead(openReading(), options),
    open: lookOpener(limits),
    sniffBytesMax,
    blockBytes,
  });
  return { decoder: alternate, alternate };
}

/** Reads a body without a declared decoder as what it looks like; undefined if a rule selected no decoder. */
function openUntyped(options: BodyReaderOptions, contentTypes: readonly string[]): Decoder | undefined {
  const { processor, limits } = options;
  if (knownProcessor(processor) !== undefined) return undefined;
  // A form cannot be recognized by its beginning: it is assumed only if no usable type says otherwise.
  const isTyped = contentTypes.some((contentType) => parseMediaType(contentType).problems.length === 0);
  const sniffing = new SniffingDecoder({
    declared: declaredType(contentTypes),
    sink: furtherRead(options.sink.fields, options),
    believed: isTyped ? typedLooks : untypedLooks,
    open: lookOpener(limits),
    sniffBytesMax: limits.sniffBytesMax,
  });
  return besideText(sniffing, contentTypes, options.sink);
}

/**
 * Text in EBCDIC, decoded in addition to its bytes, because some servers decode it and others do not. Text in a language with
 * escapes in quotes, with these decoded.
 */
function besideText(
  sniffing: Decoder,
  contentTypes: readonly string[],
  { openReading }: Pick<BodySink, 'openReading'>,
): Decoder {
  if (openReading === undefined) return sniffing;
  const label = charsetLabelOf(contentTypes);
  const isEscaped = contentTypes.some((contentType) => isEscapedText(parseMediaType(contentType)));
  const whole = { source: 'REQUEST_BODY_READING', name: '', label } as const;
  const unescaped = isEscaped
    ? new SideReading(openEscapedText(new LenientSink(openReading()), whole), sniffing)
    : sniffing;
  if (charsetOf(label).kind !== 'ebcdic') return unescaped;
  return new SideReading(new EbcdicDecoder(new RawDecoder(openReading(), 'REQUEST_BODY_READING')), unescaped);
}

/** A sink that also reads formats inside values. */
function furtherRead(fields: FieldSink, { sink, limits }: BodyReaderOptions): FieldSink {
  const { openReading } = sink;
  const onUnread = (bytes: number): void => sink.leaveUndecoded('reading', bytes);
  return openReading === undefined ? fields : new ValueReadings(fields, { openReading, onUnread, limits });
}

function declaredType(contentTypes: readonly string[]): string {
  return contentTypes.length === 0 ? 'none' : parseMediaType(contentTypes[0] ?? '').essence;
}

/** The declared charset; empty if there is none. */
export function charsetLabelOf(contentTypes: readonly string[]): string {
  return parameterOf(parseMediaType(contentTypes[0] ?? ''), 'charset') ?? '';
}

/** Opens the decoder for what a body looks like. */
export function lookOpener(limits: Limits): (look: BodyLook, sink: FieldSink) => Decoder {
  return (look, sink) => {
    const decoder = openNarrowLook(look, sink, limits);
    return look.charset === undefined ? decoder : openWideDecoder(look.charset, decoder, { keepsAscii: false });
  };
}

function openNarrowLook({ processor, boundary }: BodyLook, sink: FieldSink, limits: Limits): Decoder {
  if (processor === 'JSON' || processor === 'LITERALS') {
    return new GuessedJsonDecoder(sink, { ...limits, isJson: processor === 'JSON' });
  }
  const contentTypes = boundary === undefined ? [] : [`multipart/form-data; boundary="${boundary}"`];
  return selectDecoder({ contentTypes, processor, sink, limits }).decoder;
}
