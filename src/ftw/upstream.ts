// The service for the tests: any URL answers 200 without a body; `POST /reflect` answers as its JSON body says. Behaves like the
// CRS's test server, including content type sniffing. Knows no rules.

import { foldAscii } from '../base/bytes.ts';
import type { Header, HeaderList } from '../http/headers.ts';
import { sniffContentType } from './content-sniffer.ts';
import type { ParsedRequest } from './http-parser.ts';

/** The service's response, as plain values. */
export interface UpstreamAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

/** The response to a request that reached the service. */
export function answerOf(request: ParsedRequest): UpstreamAnswer {
  const path = /^[^?]*/.exec(request.target)?.[0] ?? '';
  const isReflect = request.method === 'POST' && (path === '/reflect' || path.startsWith('/reflect/'));
  const answer = isReflect ? reflect(request.body) : { status: 200, headers: [], body: new Uint8Array() };
  return withStandardHeaders(answer);
}

function reflect(body: Uint8Array): UpstreamAnswer {
  let order: unknown;
  try {
    order = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return refusal('Invalid JSON in request body');
  }
  if (typeof order !== 'object' || order === null) return refusal('Invalid JSON in request body');
  const { status = 200, headers = {}, body: text = '', encodedBody = '' } = order as Readonly<Record<string, unknown>>;
  const isStatus = typeof status === 'number' && (status === 0 || (status >= 100 && status < 600));
  if (!isStatus) return refusal(`Invalid status code: ${status}`);
  if (typeof text !== 'string' || typeof encodedBody !== 'string') return refusal('Invalid JSON in request body');
  return {
    status: status === 0 ? 200 : status,
    headers: headerListOf(headers),
    body: text === '' ? Buffer.from(encodedBody, 'base64') : Buffer.from(text, 'utf8'),
  };
}

function headerListOf(headers: unknown): Header[] {
  if (typeof headers !== 'object' || headers === null) return [];
  return Object.entries(headers).map(([name, value]) => ({
    name: foldAscii(Buffer.from(name, 'utf8').toString('latin1')),
    value: Buffer.from(String(value), 'utf8').toString('latin1'),
  }));
}

function refusal(sentence: string): UpstreamAnswer {
  return { status: 400, headers: [], body: Buffer.from(sentence, 'utf8') };
}

/** Adds Date, Content-Length, and for a body without a content type the sniffed one. */
function withStandardHeaders({ status, headers, body }: UpstreamAnswer): UpstreamAnswer {
  const added: Header[] = [{ name: 'date', value: 'Thu, 01 Jan 1970 00:00:00 GMT' }];
  const has = (name: string): boolean => headers.some((header) => header.name === name);
  if (body.length > 0 && !has('content-type')) added.push({ name: 'content-type', value: sniffContentType(body) });
  if (!has('content-length')) added.push({ name: 'content-length', value: String(body.length) });
  return { status, headers: [...headers, ...added], body };
}
