// The decoders that turn a body into fields: the one that its type or a rule asks for, what it looks like where nothing does, and
// what some servers read in it besides. Knows no content encoding.

import type { Limits } from '../base/limits.ts';
import type { FieldSink } from '../http/field.ts';
import { firstValue } from '../http/headers.ts';
import { isEscapedText, parameterOf, parseMediaType } from '../http/media-type.ts';
import { ValueReadings } from '../http/value-readings.ts';
import { AlternateReading } from './alternate-reading.ts';
import type { BodyReaderOptions } from './body-options.ts';
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

/** What reads fields. */
export interface FieldDecoders {
  /** Absent: nothing does. */
  readonly decoder: Decoder | undefined;
  /** The decoder, when it reads a form as what it looks like too, and so may wait for more bytes. */
  readonly alternate?: AlternateReading;
}

/** Opens the decoders of a body. */
export function openFieldDecoders(options: BodyReaderOptions, body: DeclaredBody): FieldDecoders {
  if (body.processor === 'RAW') return { decoder: openUntyped(options, body.contentTypes) };
  const { headers, limits, openReading, onUndecoded, separator, take } = options;
  const { processor, contentTypes } = body;
  const grpcEncoding = firstValue(headers, 'grpc-encoding');
  const onUnread = (bytes: number): void => onUndecoded(processor === 'MULTIPART' ? 'part' : 'letters', bytes);
  const sink = furtherRead(options.sink, options);
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

/** Reads a body that no decoder is declared for as what it looks like; undefined where a rule asked for no decoder. */
function openUntyped(options: BodyReaderOptions, contentTypes: readonly string[]): Decoder | undefined {
  const { processor, limits } = options;
  if (knownProcessor(processor) !== undefined) return undefined;
  // A form has no beginning of its own: it is believed only where no usable type says something else.
  const isTyped = contentTypes.some((contentType) => parseMediaType(contentType).problems.length === 0);
  const sniffing = new SniffingDecoder({
    declared: declaredType(contentTypes),
    sink: furtherRead(options.sink, options),
    believed: isTyped ? typedLooks : untypedLooks,
    open: lookOpener(limits),
    sniffBytesMax: limits.sniffBytesMax,
  });
  return besideText(sniffing, contentTypes, options);
}

/**
 * Text in EBCDIC, decoded beside its bytes: some servers do, others take it as it is. Text in a language that undoes escapes in
 * quotes, with these undone.
 */
function besideText(
  sniffing: Decoder,
  contentTypes: readonly string[],
  { openReading }: Pick<BodyReaderOptions, 'openReading'>,
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

/** A sink, with what values hold read further. */
function furtherRead(sink: FieldSink, { openReading, onUndecoded, limits }: BodyReaderOptions): FieldSink {
  const onUnread = (bytes: number): void => onUndecoded('reading', bytes);
  return openReading === undefined ? sink : new ValueReadings(sink, { openReading, onUnread, limits });
}

function declaredType(contentTypes: readonly string[]): string {
  return contentTypes.length === 0 ? 'none' : parseMediaType(contentTypes[0] ?? '').essence;
}

/** The declared charset; empty when there is none. */
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
