// The head in a ProcessingRequest, read off the wire straight into byte strings. Knows no event, and no other part of a message.
//
// Generated code makes two objects and a view of memory for every header, and a string that is converted once more: a seventh of
// what an exchange without a body leaves to the garbage collector (bench case get-2-args). It still reads everything that is not of
// the plain shape that Envoy sends.

import { toByteString } from '../base/bytes.ts';
import { commonHeaderName } from '../http/common-header-names.ts';
import type { Header, HeaderList } from '../http/headers.ts';
import type { Direction } from '../transaction/phase.ts';

/** The head of a message, and the bytes of the message after it, which have its other fields. */
export interface HeadMessage {
  readonly kind: 'head';
  readonly direction: Direction;
  /** With pseudo headers, in order. */
  readonly headers: HeaderList;
  readonly endOfStream: boolean;
  readonly rest: Uint8Array;
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

/** Bytes of the lengths that are read here: up to 2^28. */
const lengthBytesMax = 4;

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
  let endOfStream = false;
  if (wire.take(tags.endOfStream, end)) {
    endOfStream = wire.take(1, end);
    if (!endOfStream && !wire.take(0, end)) return undefined;
  }
  if (wire.position !== end) return undefined;
  return {
    kind: 'head',
    direction: tag === tags.requestHeaders ? 'request' : 'response',
    headers,
    endOfStream,
    rest: bytes.subarray(end),
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

/** Bytes of a message from a position on. Nothing is read at or after an `end`. */
class Wire {
  position: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.position = position;
  }

  /** Whether this byte comes next; it is taken then. */
  take(byte: number, end: number): boolean {
    if (this.position >= end || this.#bytes[this.position] !== byte) return false;
    this.position += 1;
    return true;
  }

  /** Takes a length. Where what has it ends; undefined when that is not inside `end`. */
  end(end: number): number | undefined {
    let length = 0;
    for (let index = 0; index < lengthBytesMax && this.position < end; index += 1) {
      const byte = this.#bytes[this.position] as number;
      this.position += 1;
      length |= (byte & 0x7f) << (7 * index);
      if (byte < 0x80) return this.position + length <= end ? this.position + length : undefined;
    }
    return undefined;
  }

  /** Takes a text as the byte string of its bytes; undefined when it does not end inside `end`. */
  text(end: number): string | undefined {
    const textEnd = this.end(end);
    if (textEnd === undefined) return undefined;
    const start = this.position;
    this.position = textEnd;
    return toByteString(this.#bytes, start, textEnd);
  }

  /** As `text`, for the name of a header. */
  name(end: number): string | undefined {
    const nameEnd = this.end(end);
    if (nameEnd === undefined) return undefined;
    const start = this.position;
    this.position = nameEnd;
    return commonHeaderName(this.#bytes, start, nameEnd) ?? toByteString(this.#bytes, start, nameEnd);
  }
}
