// Selects the decoder for a body: by a rule's choice, else by the media type. Knows nothing of the decoders' internals.

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

/** Every processor, with its media types. The first row that accepts a type applies. */
const processorTable = {
  GRAPHQL: ({ essence }) => essence === 'application/graphql',
  URLENCODED: ({ essence }) => essence.startsWith(formType),
  MULTIPART: ({ type }) => type === 'multipart',
  GRPC: ({ essence }) => /^application\/grpc(?:-web(?:-text)?)?(?:\+|$)/.test(essence),
  JSON: (mediaType) => isJson(mediaType) || isJsonSequence(mediaType),
  XML: isXml,
  RAW: () => true,
} satisfies Readonly<Record<string, (mediaType: MediaType) => boolean>>;

/** How a body is decoded: the value of REQBODY_PROCESSOR, and of `ctl:requestBodyProcessor`. */
export type BodyProcessor = keyof typeof processorTable;

const processors = Object.keys(processorTable) as readonly BodyProcessor[];

/** What the selection depends on. */
export interface DecoderRequest {
  /** The values of all Content-Type headers, in order. */
  readonly contentTypes: readonly string[];
  /** The value of `ctl:requestBodyProcessor`, which overrides the media type. */
  readonly processor?: string | undefined;
  /** The value of `grpc-encoding`. */
  readonly grpcEncoding?: string | undefined;
  readonly sink: FieldSink;
  /** Opens a sink for an alternate reading, whose fields can be open at the same time as others. */
  readonly openReading?: (() => FieldSink) | undefined;
  /** How many multipart bodies this one is nested in, including itself. Default 1. */
  readonly multipartDepth?: number;
  /** Called for bytes that such a reading should have read but did not. */
  readonly onUnread?: ((bytes: number) => void) | undefined;
  /** The separator of a form's pairs; absent: `&`. */
  readonly separator?: string | undefined;
  readonly limits: Limits;
  /** Reserves memory for windows; absent: it is not counted. */
  readonly take?: TakeMemory | undefined;
}

/** A decoder ready for the first byte, and its processor. */
export interface SelectedDecoder {
  readonly decoder: Decoder;
  readonly processor: BodyProcessor;
}

/** Some servers accept every type with this prefix as a form. */
const formType = 'application/x-www-form-urlencoded';

/** NDJSON under its various names, and JSON text sequences (RFC 7464). */
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
 * The processor for a request's Content-Type headers, before any rule ran: form, JSON (`+json`, NDJSON, JSON sequences), XML
 * (`+xml`), multipart, GraphQL, gRPC; `RAW` for every other type and for none. With several headers, the first one that selects a
 * processor applies.
 */
export function processorOf(contentTypes: readonly string[]): BodyProcessor {
  for (const contentType of contentTypes) {
    const processor = processorOfType(parseMediaType(contentType));
    if (processor !== 'RAW') return processor;
  }
  return 'RAW';
}

/** The processor for one media type. */
function processorOfType(mediaType: MediaType): BodyProcessor {
  return processors.find((processor) => processorTable[processor](mediaType)) ?? 'RAW';
}

/**
 * Creates the decoder for a request body. `RAW`, and every unknown processor name, reports the bytes as REQUEST_BODY; the others
 * report fields and never REQUEST_BODY. JSON and XML in UTF-16 or UTF-32 are converted first, GraphQL if that is declared; a form
 * is read byte for byte, because its first bytes can be NUL in any charset: `AlternateReading` also reads it as wide text.
 * Content encodings must already be removed (by `BodyReader`).
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
      // A comment can start with NUL bytes, so only a declared charset counts.
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

/** A message in a part counts as a level, like a multipart body. */
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
    // An image is a file: nobody binds it to arguments.
    if (mediaType.type === 'image' || processor === 'RAW' || processor === 'GRPC') return undefined;
    const own = { contentTypes: [type], processor, sink: typedSink, multipartDepth: multipartDepth + 1 };
    return selectDecoder({ ...own, limits, openReading, onUnread }).decoder;
  };
}

/** Multipart, or a message, nested too deeply inside multipart. */
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

/** The processor with that name, in any case; `RAW` for an unknown name, `undefined` for none. */
export function knownProcessor(name: string | undefined): BodyProcessor | undefined {
  if (name === undefined || name === '') return undefined;
  return processors.find((processor) => processor === name.toUpperCase()) ?? 'RAW';
}

function isJsonSequence(mediaType: MediaType): boolean {
  return mediaType.suffix === 'json-seq' || sequenceTypes.has(mediaType.essence);
}
