// Which decoder reads a body: by what a rule chose, else by the media type. Knows no decoder's inside.

import type { Limits } from '../base/limits.ts';
import type { FieldSink } from '../http/field.ts';
import { isJson, isXml, type MediaType, parseMediaType } from '../http/media-type.ts';
import type { Decoder } from './decoder.ts';
import { FormDecoder } from './form.ts';
import { JsonDecoder } from './json.ts';
import { MultipartDecoder } from './multipart.ts';
import { RawDecoder } from './raw.ts';
import { XmlDecoder } from './xml.ts';

/** How a body is read: the value of REQBODY_PROCESSOR, and what `ctl:requestBodyProcessor` may say. */
export type BodyProcessor = 'URLENCODED' | 'JSON' | 'XML' | 'MULTIPART' | 'RAW';

/** What decides about the decoder. */
export interface DecoderRequest {
  /** The values of all Content-Type headers, in order. */
  readonly contentTypes: readonly string[];
  /** What `ctl:requestBodyProcessor` said; it goes before the media type. */
  readonly processor?: string | undefined;
  readonly sink: FieldSink;
  readonly limits: Limits;
}

/** A decoder ready for the first byte, and the processor that it is. */
export interface SelectedDecoder {
  readonly decoder: Decoder;
  readonly processor: BodyProcessor;
}

/**
 * The processor that a request's Content-Type headers ask for, before any rule ran: form, JSON (`+json`, NDJSON,
 * JSON sequences), XML (`+xml`), multipart; `RAW` for every other type and for none.
 */
export function processorOf(contentTypes: readonly string[]): BodyProcessor {
  const mediaType = parseMediaType(contentTypes[0] ?? '');
  if (mediaType.essence === 'application/x-www-form-urlencoded') return 'URLENCODED';
  if (mediaType.type === 'multipart') return 'MULTIPART';
  if (isJson(mediaType) || isJsonSequence(mediaType)) return 'JSON';
  if (isXml(mediaType)) return 'XML';
  return 'RAW';
}

/**
 * Makes the decoder for a request body. `URLENCODED` and `JSON` report ARGS_POST; `RAW` reports the bytes as
 * REQUEST_BODY (the others never do: who wants REQUEST_BODY beside the fields writes the chunks to a `RawDecoder` too).
 * An unknown processor name is `RAW`.
 */
export function selectDecoder(request: DecoderRequest): SelectedDecoder {
  const { contentTypes, sink, limits } = request;
  const processor = knownProcessor(request.processor) ?? processorOf(contentTypes);
  switch (processor) {
    case 'URLENCODED':
      return { processor, decoder: new FormDecoder(sink, limits) };
    case 'JSON': {
      const isSequence = isJsonSequence(parseMediaType(contentTypes[0] ?? ''));
      return { processor, decoder: new JsonDecoder(sink, { ...limits, isSequence }) };
    }
    case 'XML':
      return { processor, decoder: new XmlDecoder(sink, limits) };
    case 'MULTIPART':
      return { processor, decoder: new MultipartDecoder(sink, contentTypes[0] ?? '', limits) };
    default:
      return { processor, decoder: new RawDecoder(sink, 'REQUEST_BODY') };
  }
}

const processors: readonly BodyProcessor[] = ['URLENCODED', 'JSON', 'XML', 'MULTIPART', 'RAW'];

function knownProcessor(name: string | undefined): BodyProcessor | undefined {
  if (name === undefined || name === '') return undefined;
  return processors.find((processor) => processor === name.toUpperCase()) ?? 'RAW';
}

/** NDJSON under its several names, and JSON text sequences (RFC 7464). */
function isJsonSequence(mediaType: MediaType): boolean {
  return (
    mediaType.suffix === 'json-seq' ||
    [
      'application/x-ndjson',
      'application/ndjson',
      'application/jsonl',
      'application/x-jsonlines',
      'application/jsonlines',
      'application/x-json-stream',
      'application/json-seq',
      'text/x-ndjson',
    ].includes(mediaType.essence)
  );
}
