// The head in a ProcessingRequest, read off the wire straight into byte strings. Knows no event, and no other part of a message.
//
// Generated code makes two objects and a view of memory for every header, and a string that is converted once more: a seventh of
// what an exchange without a body leaves to the garbage collector (bench case get-2-args). It still reads everything that is not of
// the plain shape that Envoy sends.

import type { Header, HeaderList } from '../http/headers.ts';
import type { Direction } from '../transaction/phase.ts';
import { Wire } from './wire.ts';

/** The head of a message. */
export interface HeadMessage {
  readonly kind: 'head';
  readonly direction: Direction;
  /** With pseudo headers, in order. */
  readonly headers: HeaderList;
  readonly endOfStream: boolean;
  /** Where its other fields begin in the message. */
  readonly end: number;
}

/** Tags of fields: number and wire type (protobuf's encoding, "Message Structure"). */
const tags = {
  requestHeaders: 0x12,
  responseHeaders: 0x1a,
  headerMap: 0x0a,
  endOfStream: 0x18,
  header: 0x0a,
  key: 0x0a,
  value: 0x12,
  rawValue: 0x1a,
} as const;

/**
 * The head that a message begins with; undefined when it begins with something else, or has a field twice, in another order, or
 * one that is not known.
 */
export function readHeadMessage(bytes: Uint8Array): HeadMessage | undefined {
  const tag = bytes[0];
  if (tag !== tags.requestHeaders && tag !== tags.responseHeaders) return undefined;
  const wire = new Wire(bytes, 1);
  const end = wire.end(bytes.length);
  if (end === undefined) return undefined;
  const headers = wire.take(tags.headerMap, end) ? readHeaderMap(wire, wire.end(end)) : [];
  if (headers === undefined) return undefined;
  const endOfStream = wire.flag(tags.endOfStream, end);
  if (endOfStream === undefined || wire.position !== end) return undefined;
  return {
    kind: 'head',
    direction: tag === tags.requestHeaders ? 'request' : 'response',
    headers,
    endOfStream,
    end,
  };
}

function readHeaderMap(wire: Wire, end: number | undefined): HeaderList | undefined {
  if (end === undefined) return undefined;
  const headers: Header[] = [];
  while (wire.position < end) {
    const header = wire.take(tags.header, end) ? readHeader(wire, wire.end(end)) : undefined;
    if (header === undefined) return undefined;
    headers.push(header);
  }
  return headers;
}

/** `raw_value` holds the bytes as they came; Envoys before 1.30 and other proxies fill `value` instead. */
function readHeader(wire: Wire, end: number | undefined): Header | undefined {
  if (end === undefined) return undefined;
  const name = wire.take(tags.key, end) ? wire.name(end) : '';
  const text = wire.take(tags.value, end) ? wire.text(end) : '';
  const raw = wire.take(tags.rawValue, end) ? wire.text(end) : '';
  if (name === undefined || text === undefined || raw === undefined || wire.position !== end) return undefined;
  return { name, value: raw.length > 0 ? raw : text };
}
