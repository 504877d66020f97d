// Which decoder reads a body: by what a rule chose, else by the media type. Knows no decoder's inside.

import { WafError } from '../base/errors.ts';
import type { TakeMemory } from '../base/held-memory.ts';
import type { Limits } from '../base/limits.ts';
import type { FieldSink } from '../http/field.ts';
import { isEscapedText, isJson, isXml, type MediaType, parameterOf, parseMediaType } from '../http/media-type.ts';
import { charsetOf, isWide } from './charset.ts';
import { CharsetSniffer } from './charset-sniffer.ts';
import { openTransferDecoder } from './coding/transfer-encoding.ts';
import { TransferSteps } from './coding/transfer-steps.ts';
import type { Decoder } from './decoder.ts';
import { openEscapedText } from './escaped-text.ts';
import { FormDecoder } from './form.ts';
import { GraphqlDecoder } from './graphql.ts';
import { GrpcDecoder } from './grpc.ts';
import { JsonDecoder } from './json.ts';
import { isMessage, MessageDecoder } from './message.ts';
import { MultipartDecoder } from './multipart/multipart.ts';
import { RawDecoder } from './raw.ts';
import { XmlDecoder } from './xml/xml.ts';

/** Every processor, with the media types that ask for it. The first row that takes a type has it. */
const processorTable = {
  GRAPHQL: ({ essence }) => essence === 'application/graphql',
  URLENCODED: ({ essence }) => essence.startsWith(formType),
  MULTIPART: ({ type }) => type === 'multipart',
  GRPC: ({ essence }) => /^application\/grpc(?:-web(?:-text)?)?(?:\+|$)/.test(essence),
  JSON: (mediaType) => isJson(mediaType) || isJsonSequence(mediaType),
  XML: isXml,
  RAW: () => true,
} satisfies Readonly<Record<string, (mediaType: MediaType) => boolean>>;

/** How a body is read: the value of REQBODY_PROCESSOR, and what `ctl:requestBodyProcessor` may say. */
export type BodyProcessor = keyof typeof processorTable;

const processors = Object.keys(processorTable) as readonly BodyProcessor[];

/** What decides about the decoder. */
export interface DecoderRequest {
  /** The values of all Content-Type headers, in order. */
  readonly contentTypes: readonly string[];
  /** What `ctl:requestBodyProcessor` said; it goes before the media type. */
  readonly processor?: string | undefined;
  /** The value of `grpc-encoding`. */
  readonly grpcEncoding?: string | undefined;
  readonly sink: FieldSink;
  /** Opens a sink for a further reading, whose fields may be open while those of others are. */
  readonly openReading?: (() => FieldSink) | undefined;
  /** How many multipart bodies this one is inside of, itself counted. Default 1. */
  readonly multipartDepth?: number;
  /** Told of bytes that such a reading should have read and did not. */
  readonly onUnread?: ((bytes: number) => void) | undefined;
  /** The byte between the pairs of a form; absent: `&`. */
  readonly separator?: string | undefined;
  readonly limits: Limits;
  /** Asked for the memory of windows; absent: it is not counted. */
  readonly take?: TakeMemory | undefined;
}

/** A decoder ready for the first byte, and the processor that it is. */
export interface SelectedDecoder {
  readonly decoder: Decoder;
  readonly processor: BodyProcessor;
}

/** Some servers take every type that begins so for a form. */
const formType = 'application/x-www-form-urlencoded';

/** NDJSON under its several names, and JSON text sequences (RFC 7464). */
const sequenceTypes: ReadonlySet<string> = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/jsonlines',
  'application/x-jsonlines',
  'application/x-json-stream',
  'application/json-seq',
  'text/x-ndjson',
]);

/**
 * The processor that a request's Content-Type headers ask for, before any rule ran: form, JSON (`+json`, NDJSON, JSON
 * sequences), XML (`+xml`), multipart, GraphQL, gRPC; `RAW` for every other type and for none. Of several headers the
 * first that asks for something is taken.
 */
export function processorOf(contentTypes: readonly string[]): BodyProcessor {
  for (const contentType of contentTypes) {
    const processor = processorOfType(parseMediaType(contentType));
    if (processor !== 'RAW') return processor;
  }
  return 'RAW';
}

/** The processor that one media type asks for. */
export function processorOfType(mediaType: MediaType): BodyProcessor {
  return processors.find((processor) => processorTable[processor](mediaType)) ?? 'RAW';
}

/**
 * Makes the decoder for a request body. `RAW`, and every unknown processor name, reports the bytes as REQUEST_BODY; the
 * others report fields and never REQUEST_BODY. JSON and XML in UTF-16 or UTF-32 are decoded first, GraphQL where that is
 * declared; a form is read byte for byte, since its first bytes may be NUL in any charset: `AlternateReading` reads it as wide
 * text too. Content encodings must have been undone: `BodyReader` does that.
 */
export function selectDecoder(request: DecoderRequest): SelectedDecoder {
  const { contentTypes, sink, limits } = request;
  const processor = knownProcessor(request.processor) ?? processorOf(contentTypes);
  const asked = contentTypes.find((contentType) => processorOfType(parseMediaType(contentType)) === processor);
  const contentType = asked ?? contentTypes[0] ?? '';
  const mediaType = parseMediaType(contentType);
  const label = parameterOf(mediaType, 'charset') ?? '';
  const asText = (decoder: Decoder): SelectedDecoder => ({
    processor,
    decoder: new CharsetSniffer(decoder, { label, sink }),
  });
  switch (processor) {
    case 'URLENCODED':
      return { processor, decoder: new FormDecoder(sink, request) };
    case 'JSON':
      return asText(new JsonDecoder(sink, { ...limits, isSequence: isJsonSequence(mediaType) }));
    case 'XML':
      return asText(new XmlDecoder(sink, limits));
    case 'GRAPHQL':
      // A comment may begin with NUL bytes: only a charset that is declared is believed.
      return isWide(charsetOf(label))
        ? asText(new GraphqlDecoder(sink))
        : { processor, decoder: new GraphqlDecoder(sink) };
    case 'MULTIPART':
      return { processor, decoder: openMultipart(contentType, request) };
    case 'GRPC':
      return { processor, decoder: openGrpc(mediaType, request) };
    case 'RAW':
      return { processor, decoder: new RawDecoder(sink, 'REQUEST_BODY') };
  }
}

function openMultipart(contentType: string, request: DecoderRequest): Decoder {
  const { sink, limits, openReading, onUnread } = request;
  return new MultipartDecoder(sink, contentType, limits, { openReading, openTyped: typedOpener(request), onUnread });
}

/** A message in a part counts as a level, as a multipart body does. */
function openMessage(request: DecoderRequest): Decoder {
  const { sink, limits, multipartDepth = 1 } = request;
  return new MessageDecoder({
    sink,
    limits,
    openTyped: typedOpener({ ...request, multipartDepth: multipartDepth + 1 }),
  });
}

/** Opens decoders for the types of parts. */
function typedOpener(request: DecoderRequest): (type: string, sink: FieldSink, name?: string) => Decoder | undefined {
  const { limits, openReading, onUnread, multipartDepth = 1 } = request;
  return (type, typedSink, name = '') => {
    const mediaType = parseMediaType(type);
    const processor = processorOfType(mediaType);
    const isNested = processor === 'MULTIPART' || isMessage(mediaType.essence);
    if (isNested && multipartDepth === limits.multipartDepthMax) return new TooDeep();
    if (isMessage(mediaType.essence)) return openMessage({ ...request, sink: typedSink });
    if (isEscapedText(mediaType)) {
      const label = parameterOf(mediaType, 'charset') ?? '';
      return openEscapedText(typedSink, { source: 'ARGS_POST_READING', name, label });
    }
    // A drawing is a file: nobody binds it to arguments.
    if (mediaType.type === 'image' || processor === 'RAW' || processor === 'GRPC') return undefined;
    const own = { contentTypes: [type], processor, sink: typedSink, multipartDepth: multipartDepth + 1 };
    return selectDecoder({ ...own, limits, openReading, onUnread }).decoder;
  };
}

/** Multipart, or a message, inside multipart, deeper than is looked into. */
class TooDeep implements Decoder {
  readonly heldBytes = 0;

  write(): void {
    throw new WafError('body.limit', 'multipart is nested too deeply');
  }

  end(): void {}
}

function openGrpc(mediaType: MediaType, { grpcEncoding, sink, limits, take }: DecoderRequest): Decoder {
  const decoder = new GrpcDecoder(sink, {
    encoding: grpcEncoding ?? '',
    isJson: mediaType.suffix === 'json',
    limits,
    take,
  });
  if (!mediaType.subtype.startsWith('grpc-web-text')) return decoder;
  return new TransferSteps((next) => openTransferDecoder('base64', next) ?? next, decoder);
}

/** The processor of that name, in any case; `RAW` for an unknown name, `undefined` for none. */
export function knownProcessor(name: string | undefined): BodyProcessor | undefined {
  if (name === undefined || name === '') return undefined;
  return processors.find((processor) => processor === name.toUpperCase()) ?? 'RAW';
}

function isJsonSequence(mediaType: MediaType): boolean {
  return mediaType.suffix === 'json-seq' || sequenceTypes.has(mediaType.essence);
}
