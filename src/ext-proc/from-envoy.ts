// Headers and attributes as Envoy sends them → heads of HTTP. Knows no step and no rule.

import { type Attributes, textAttribute } from '../http/attributes.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import { firstValue, type Header, type HeaderList } from '../http/headers.ts';
import { restoreOriginals } from './original-headers.ts';

/**
 * The request line and headers. Pseudo headers are taken out; `:authority` becomes a `host` header when there is none. Addresses
 * and protocol come from the attributes `source.address`, `destination.address` and `request.protocol`. No client can forge them
 * where the listener sets `use_remote_address` (docs/envoy.yaml); without it Envoy trusts `x-forwarded-for`.
 *
 * Envoy removes `transfer-encoding` from every request. An HTTP/1.1 request with a body and no `content-length` had the coding
 * `chunked` (RFC 9112 §6.3), which is restored here; an upgrade has no body.
 */
export function requestHeadOf(
  received: HeaderList,
  attributes: Attributes,
  { hasBody }: { readonly hasBody: boolean },
): RequestHead {
  const { pseudo, headers: given } = apart(received);
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

/** Whether a header says how long the body is, or that there is none. */
const isAboutFraming = ({ name }: Header): boolean =>
  name === 'content-length' || name === 'transfer-encoding' || name === 'upgrade';

/** The status and headers of a response. A status that is not a number reads as 0. */
export function responseHeadOf(received: HeaderList, protocol: string): ResponseHead {
  const { pseudo, headers } = apart(received);
  const status = Number(firstValue(pseudo, ':status'));
  return { status: Number.isInteger(status) ? status : 0, protocol, headers };
}

/** Pseudo headers (RFC 9113 §8.3) and the others. */
function apart(received: HeaderList): { readonly pseudo: HeaderList; readonly headers: HeaderList } {
  const pseudo: Header[] = [];
  const headers: Header[] = [];
  for (const header of received) (header.name.startsWith(':') ? pseudo : headers).push(header);
  return { pseudo, headers };
}

/** `request.protocol` (`HTTP/1.1`, `HTTP/2`); HTTP/1.1 when Envoy does not send it. */
function protocolOf(attributes: Attributes): string {
  return textAttribute(attributes, 'request.protocol') || 'HTTP/1.1';
}

/** Takes `1.2.3.4:567` or `[::1]:567` apart; a pipe or nothing has no address. */
function addressOf(given: unknown): { readonly host: string; readonly port: number } {
  const parts = typeof given === 'string' ? /^\[?([0-9A-Fa-f.:]+?)\]?:(\d{1,5})$/.exec(given) : null;
  return parts === null ? { host: '', port: 0 } : { host: parts[1] ?? '', port: Number(parts[2]) };
}
