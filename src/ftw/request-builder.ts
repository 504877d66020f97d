// The input of a stage → exactly the bytes that go-ftw 2.5 would send. Rule tests depend on its details: which headers it adds,
// what it encodes. Knows nothing about sending.

import { foldAscii, toBytes } from '../base/bytes.ts';
import type { FtwInput } from './suite.ts';

const formType = 'application/x-www-form-urlencoded';
/** As written in go-ftw: starts with POST, contains PUT or PATCH, or ends with DELETE. */
const methodsWithBody = /^POST|PUT|PATCH|DELETE$/;

type HeaderPair = readonly [name: string, value: string];

/** The request of a stage as bytes. An encoded request is returned as it is, not copied. */
export function buildRequest(input: FtwInput): Uint8Array {
  if (input.encodedRequest !== undefined) return input.encodedRequest;
  const headers: HeaderPair[] = [...input.headers].sort(([left], [right]) =>
    left < right ? -1 : left > right ? 1 : 0,
  );
  let body = input.data;
  if (body !== '' && input.autocompleteHeaders) {
    if (!hasHeader(headers, 'content-type')) headers.push(['Content-Type', formType]);
    if (valuesOf(headers, 'content-type').some((value) => foldAscii(value) === formType)) body = encodeForm(body);
  }
  if (valuesOf(headers, 'content-type').some((value) => foldAscii(value).includes('multipart/form-data;'))) {
    body = body.replaceAll('\n', '\r\n');
  }
  if (input.autocompleteHeaders) {
    if (!hasHeader(headers, 'connection')) headers.push(['Connection', 'close']);
    const tellsLength = body !== '' || methodsWithBody.test(input.method);
    if (tellsLength && !hasHeader(headers, 'content-length')) headers.push(['Content-Length', String(body.length)]);
  }
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return toBytes(`${input.method} ${input.uri} ${input.version}\r\n${lines}\r\n${body}`);
}

function valuesOf(headers: readonly HeaderPair[], name: string): readonly string[] {
  return headers.filter((header) => foldAscii(header[0]) === name).map((header) => header[1]);
}

function hasHeader(headers: readonly HeaderPair[], name: string): boolean {
  return headers.some((header) => foldAscii(header[0]) === name);
}

/**
 * Names and values of a form, percent-encoded pair by pair, unless decoding would change the text, which means that it is already
 * encoded. Decoding changes a text, or fails, exactly if it contains `%` or `+`.
 */
function encodeForm(body: string): string {
  if (/[%+]/.test(body)) return body;
  return body
    .replace(/&$/, '')
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 0) return escapeQuery(pair);
      return `${escapeQuery(pair.slice(0, equals))}=${escapeQuery(pair.slice(equals + 1))}`;
    })
    .join('&');
}

/** Go's url.QueryEscape on a byte string: letters, digits and `-_.~` stay, space becomes `+`, the rest `%XX`. */
function escapeQuery(text: string): string {
  return text.replace(/[^A-Za-z0-9\-_.~]/g, (byte) =>
    byte === ' ' ? '+' : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
