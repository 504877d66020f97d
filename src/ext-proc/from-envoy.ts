// ProcessingRequest → what happened. Turns Envoy's header maps into heads with byte strings. Knows no step and no rule.

import { toByteString } from '../base/bytes.ts';
import { WafError } from '../base/errors.ts';
import { type Attributes, noAttributes, textAttribute } from '../http/attributes.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import { firstValue, type Header, type HeaderList } from '../http/headers.ts';
import {
  type HeaderMap,
  type HeaderValue,
  ProcessingRequest,
} from './gen/envoy/service/ext_proc/v3/external_processor.ts';
import { restoreOriginals } from './original-headers.ts';

/** Under this name Envoy sends the attributes that its configuration asks for. */
const attributesKey = 'envoy.filters.http.ext_proc';

const ascii = /^[\0-\x7f]*$/;

/** Decodes one message. Bytes of bodies are views on `bytes`. @throws WafError `protocol.malformed` */
export function decodeRequest(bytes: Uint8Array): ProcessingRequest {
  try {
    return ProcessingRequest.decode(bytes);
  } catch (cause) {
    throw new WafError('protocol.malformed', `a message of ${bytes.length} bytes is not a ProcessingRequest`, {
      cause,
    });
  }
}

/**
 * The attributes that came with a message, whichever Envoy's configuration asks for: they come once in each direction, with the
 * first message of it that is sent.
 */
export function attributesOf(message: ProcessingRequest): Attributes {
  return message.attributes[attributesKey] ?? noAttributes;
}

/**
 * The request line and headers. Pseudo headers are taken out; `:authority` becomes a `host` header when there is none.
 * Addresses and protocol come from the attributes `source.address`, `destination.address` and `request.protocol`. No client can
 * forge them where the listener says `use_remote_address` (docs/envoy.yaml); else Envoy believes `x-forwarded-for`.
 *
 * Envoy takes `transfer-encoding` off every request. One of HTTP/1.1 with a body and no `content-length` had the coding `chunked`
 * (RFC 9112 §6.3), and has it again here; an upgrade has no body.
 */
export function requestHeadOf(
  map: HeaderMap | undefined,
  attributes: Attributes,
  { hasBody }: { readonly hasBody: boolean },
): RequestHead {
  const { pseudo, headers: given } = headersOf(map);
  const restored = restoreOriginals(given);
  const isChunked = hasBody && attributes['request.protocol'] === 'HTTP/1.1' && !restored.some(isAboutFraming);
  const headers = isChunked ? [...restored, { name: 'transfer-encoding', value: 'chunked' }] : restored;
  const authority = firstValue(pseudo, ':authority');
  const hasHost = authority === undefined || firstValue(headers, 'host') !== undefined;
  const address = addressOf(attributes['source.address']);
  return {
    method: firstValue(pseudo, ':method') ?? '',
    target: firstValue(pseudo, ':path') ?? (firstValue(pseudo, ':method') === 'CONNECT' ? (authority ?? '') : ''),
    protocol: protocolOf(attributes),
    headers: hasHost ? headers : [{ name: 'host', value: authority }, ...headers],
    remoteAddress: address.host,
    remotePort: address.port,
    serverAddress: addressOf(attributes['destination.address']).host,
  };
}

/** Whether a header says how long a body is, or that what follows is none. */
const isAboutFraming = ({ name }: Header): boolean =>
  name === 'content-length' || name === 'transfer-encoding' || name === 'upgrade';

/** The status and headers of a response. A status that is not a number reads as 0. */
export function responseHeadOf(map: HeaderMap | undefined, protocol: string): ResponseHead {
  const { pseudo, headers } = headersOf(map);
  const status = Number(firstValue(pseudo, ':status'));
  return { status: Number.isInteger(status) ? status : 0, protocol, headers };
}

/** Trailers. A pseudo header among them, which HTTP forbids, stays what it is: a strange name. */
export function trailersOf(map: HeaderMap | undefined): HeaderList {
  return (map?.headers ?? []).map(headerOf);
}

function headersOf(map: HeaderMap | undefined): { readonly pseudo: HeaderList; readonly headers: HeaderList } {
  const pseudo: Header[] = [];
  const headers: Header[] = [];
  for (const given of map?.headers ?? []) {
    const header = headerOf(given);
    (header.name.startsWith(':') ? pseudo : headers).push(header);
  }
  return { pseudo, headers };
}

/** `raw_value` holds the bytes as they came; Envoys before 1.30 and other proxies fill `value` instead. */
function headerOf({ key, value, rawValue }: HeaderValue): Header {
  return { name: bytesOfText(key), value: rawValue.length > 0 ? toByteString(rawValue) : bytesOfText(value) };
}

/** A string of the protocol, which is UTF-8, as the byte string of its bytes. */
function bytesOfText(text: string): string {
  return ascii.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** `request.protocol` (`HTTP/1.1`, `HTTP/2`); HTTP/1.1 when Envoy does not say. */
export function protocolOf(attributes: Attributes): string {
  return textAttribute(attributes, 'request.protocol') || 'HTTP/1.1';
}

/** Takes `1.2.3.4:567` or `[::1]:567` apart; a pipe or nothing has no address. */
function addressOf(given: unknown): { readonly host: string; readonly port: number } {
  const parts = typeof given === 'string' ? /^\[?([0-9A-Fa-f.:]+?)\]?:(\d{1,5})$/.exec(given) : null;
  return parts === null ? { host: '', port: 0 } : { host: parts[1] ?? '', port: Number(parts[2]) };
}
