// A request for a parser of Node's HTTP server: a stream with headers.

import { Readable } from 'node:stream';
import type { OracleRequest } from './reading.ts';

/** The body as a stream, with the headers that `IncomingMessage` would have. */
export function nodeRequest({ contentType, contentEncoding, body }: OracleRequest): Readable & {
  readonly headers: Record<string, string>;
} {
  const headers: Record<string, string> = { 'content-length': String(body.length) };
  if (contentType !== undefined) headers['content-type'] = contentType;
  if (contentEncoding !== undefined) headers['content-encoding'] = contentEncoding;
  return Object.assign(Readable.from(body.length === 0 ? [] : [Buffer.from(body)]), { headers });
}
