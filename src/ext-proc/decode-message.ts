// Bytes of a ProcessingRequest → what is in it, header maps as lists of byte strings. Knows no event.

import { toByteString } from '../base/bytes.ts';
import { WafError } from '../base/errors.ts';
import { noAttributes } from '../http/attributes.ts';
import type { Header, HeaderList } from '../http/headers.ts';
import type { Direction } from '../transaction/phase.ts';
import { readChunkMessage } from './chunk-message.ts';
import {
  type HeaderMap,
  type HeaderValue,
  ProcessingRequest,
} from './gen/envoy/service/ext_proc/v3/external_processor.ts';
import { readHeadMessage } from './head-message.ts';
import { attributesKey, type MessageSettings, readSettings } from './message-settings.ts';

/** What a message is about. Heads have their pseudo headers; a chunk is a view on the message's bytes. */
export type MessagePart =
  | {
      readonly kind: 'head';
      readonly direction: Direction;
      readonly headers: HeaderList;
      readonly endOfStream: boolean;
    }
  | { readonly kind: 'chunk'; readonly direction: Direction; readonly chunk: Uint8Array; readonly endOfStream: boolean }
  | { readonly kind: 'trailers'; readonly direction: Direction; readonly trailers: HeaderList };

/** One message. */
export interface Message extends MessageSettings {
  /** Absent: it has no part of a known kind. */
  readonly part: MessagePart | undefined;
}

/** Decodes one message. @throws WafError `protocol.malformed` */
export function decodeMessage(bytes: Uint8Array): Message {
  const first = readHeadMessage(bytes) ?? readChunkMessage(bytes);
  const settings = first && readSettings(bytes, first.end);
  if (settings !== undefined) {
    const { attributes, observabilityMode, protocolConfig } = settings;
    return { part: first, attributes, observabilityMode, protocolConfig };
  }
  const { request, attributes, observabilityMode, protocolConfig } = decode(
    first === undefined ? bytes : bytes.subarray(first.end),
  );
  // Of two parts the last one counts, or what both are together: generated code knows.
  const part = first === undefined ? partOf(request) : request === undefined ? first : partOf(decode(bytes).request);
  return { part, attributes: attributes[attributesKey] ?? noAttributes, observabilityMode, protocolConfig };
}

function decode(bytes: Uint8Array): ProcessingRequest {
  try {
    return ProcessingRequest.decode(bytes);
  } catch (cause) {
    const message = `a message of ${bytes.length} bytes is not a ProcessingRequest`;
    throw new WafError('protocol.malformed', message, { cause });
  }
}

function partOf(request: ProcessingRequest['request']): MessagePart | undefined {
  switch (request?.$case) {
    case 'requestHeaders':
    case 'responseHeaders': {
      const { headers, endOfStream } = request.value;
      const direction = request.$case === 'requestHeaders' ? 'request' : 'response';
      return { kind: 'head', direction, headers: listOf(headers), endOfStream };
    }
    case 'requestBody':
    case 'responseBody': {
      const { body: chunk, endOfStream } = request.value;
      return { kind: 'chunk', direction: request.$case === 'requestBody' ? 'request' : 'response', chunk, endOfStream };
    }
    case 'requestTrailers':
    case 'responseTrailers': {
      const direction = request.$case === 'requestTrailers' ? 'request' : 'response';
      return { kind: 'trailers', direction, trailers: listOf(request.value.trailers) };
    }
    default:
      return undefined;
  }
}

const listOf = (map: HeaderMap | undefined): HeaderList => (map?.headers ?? []).map(headerOf);

/** `raw_value` holds the bytes as they came; Envoys before 1.30 and other proxies fill `value` instead. */
function headerOf({ key, value, rawValue }: HeaderValue): Header {
  return { name: bytesOfText(key), value: rawValue.length > 0 ? toByteString(rawValue) : bytesOfText(value) };
}

const ascii = /^[\0-\x7f]*$/;

/** A string of the protocol, which is UTF-8, as the byte string of its bytes. */
function bytesOfText(text: string): string {
  return ascii.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}
