// One HTTP/1 request in memory → head, body and trailers, or the reason why a server refuses it (RFC 9112). As strict as a proxy
// in front, so tests that expect status 400 are answered here. Knows no rules.

import { foldAscii, toByteString, trimHeaderSpace } from '../base/bytes.ts';
import { allValues, type Header, type HeaderList } from '../http/headers.ts';
import { BodyFault, readBody } from './http-body.ts';

/** A request that a server accepts. */
export interface ParsedRequest {
  readonly kind: 'request';
  readonly method: string;
  /** Exactly as received, a byte string. */
  readonly target: string;
  /** `HTTP/1.1` and the like; `HTTP/0.9` for a request line without version, whose response has no head (RFC 1945 §5). */
  readonly protocol: string;
  /** Names in lower case, values without surrounding blanks. Content-Length is removed if Transfer-Encoding overrides it. */
  readonly headers: HeaderList;
  /** Without transfer coding. A view on the bytes if it is not chunked. */
  readonly body: Uint8Array;
  readonly trailers: HeaderList;
}

/** A request that a server refuses, with the status of the response. */
export interface RefusedRequest {
  readonly kind: 'refused';
  readonly status: number;
  /** What is wrong with it, with the RFC. */
  readonly reason: string;
}

/** Why a message is refused. The message is for people. */
export class Refusal extends Error {
  readonly status: number;

  constructor(reason: string, status = 400) {
    super(reason);
    this.status = status;
  }
}

/** Reads the first request in `bytes`; anything after its body is ignored. Never throws, whatever the bytes. */
export function parseRequest(bytes: Uint8Array): ParsedRequest | RefusedRequest {
  try {
    return readRequest(bytes);
  } catch (thrown) {
    if (thrown instanceof Refusal) return { kind: 'refused', status: thrown.status, reason: thrown.message };
    if (thrown instanceof BodyFault) return { kind: 'refused', status: 400, reason: thrown.message };
    throw thrown;
  }
}

function readRequest(bytes: Uint8Array): ParsedRequest {
  const text = toByteString(bytes);
  const end = endOfHead(text);
  const [requestLine = '', ...lines] = text
    .slice(0, end.headEnd)
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  const line = readRequestLine(requestLine);
  if (line.protocol === 'HTTP/0.9') return { kind: 'request', ...line, headers: readFields(lines), ...noBody };
  const fields = readFields(lines);
  assertHost(fields, line.protocol);
  const framing = readFraming(fields);
  const content = readBody(bytes.subarray(end.bodyStart), framing);
  const headers = framing === 'chunked' ? fields.filter(({ name }) => name !== 'content-length') : fields;
  return { kind: 'request', ...line, headers, body: content.body, trailers: readFields(content.trailerLines) };
}

const noBody = { body: new Uint8Array(), trailers: [] } as const;

/** The head ends at the first empty line; a lone LF also ends a line (RFC 9112 §2.2). @throws Refusal if it does not end. */
export function endOfHead(text: string): { readonly headEnd: number; readonly bodyStart: number } {
  const match = /\r?\n\r?\n/.exec(text);
  if (match === null) throw new Refusal('the head does not end (RFC 9112 §2.1)');
  return { headEnd: match.index, bodyStart: match.index + match[0].length };
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function readRequestLine(line: string): {
  readonly method: string;
  readonly target: string;
  readonly protocol: string;
} {
  const simple = /^(GET) (\/\S*) ?$/.exec(line);
  if (simple !== null) return { method: 'GET', target: simple[2] ?? '', protocol: 'HTTP/0.9' };
  const parts = line.split(' ');
  const [method = '', target = '', protocol = ''] = parts;
  if (parts.length !== 3) throw new Refusal('the request line does not have three parts (RFC 9112 §3)');
  if (!token.test(method)) throw new Refusal('the method is not a token (RFC 9110 §9.1)');
  if (!/^HTTP\/[0-9]\.[0-9]$/.test(protocol)) throw new Refusal(`"${protocol}" is not a version (RFC 9112 §2.3)`);
  if (protocol.startsWith('HTTP/0')) throw new Refusal('HTTP/0.9 requests have no version (RFC 1945 §4.1)');
  assertTarget(method, target);
  return { method, target, protocol };
}

function assertTarget(method: string, target: string): void {
  if (method === 'CONNECT') {
    if (!/^[^\s/?#@]+:[0-9]+$/.test(target)) throw new Refusal('CONNECT needs host and port (RFC 9110 §9.3.6)');
    return;
  }
  if (target.includes('#')) throw new Refusal('a request target has no fragment (RFC 9112 §3.2)');
  if ([...target].some((unit) => unit <= ' ' || unit === '\x7f'))
    throw new Refusal('the target contains control characters (RFC 3986 §2)');
  const isAbsolute = /^[A-Za-z][A-Za-z0-9+.-]*:/.test(target);
  if (target !== '*' && !target.startsWith('/') && !isAbsolute) {
    throw new Refusal('the target is neither a path nor a URI (RFC 9112 §3.2)');
  }
}

/** Header or trailer fields. A folded line is joined with one space (RFC 9112 §5.2). @throws Refusal for what is not a field. */
export function readFields(lines: readonly string[]): HeaderList {
  const fields: Header[] = [];
  for (const line of lines) {
    if (line.includes('\0') || line.includes('\r'))
      throw new Refusal('a field contains NUL or a lone CR (RFC 9110 §5.5)');
    const last = fields.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) {
      fields[fields.length - 1] = { name: last.name, value: `${last.value} ${trimHeaderSpace(line)}` };
      continue;
    }
    const colon = line.indexOf(':');
    if (!token.test(line.slice(0, Math.max(0, colon)))) throw new Refusal('a field name is not a token (RFC 9112 §5)');
    fields.push({ name: foldAscii(line.slice(0, colon)), value: trimHeaderSpace(line.slice(colon + 1)) });
  }
  return fields;
}

/** RFC 9112 §3.2: HTTP/1.1 needs exactly one valid Host; RFC 9110 §4.2.1: a host name is not empty. */
function assertHost(headers: HeaderList, protocol: string): void {
  const hosts = allValues(headers, 'host');
  if (hosts.length > 1) throw new Refusal('more than one Host (RFC 9112 §3.2)');
  if (protocol === 'HTTP/1.0') return;
  const [host] = hosts;
  if (host === undefined) throw new Refusal('no Host (RFC 9112 §3.2)');
  if (host === '') throw new Refusal('an empty Host (RFC 9110 §4.2.1)');
  if (/%(?:[01][0-9A-Fa-f]|7[Ff])/.test(host)) throw new Refusal('control characters in Host (RFC 3986 §3.2.2)');
}

/**
 * How the body of a message is framed: chunked, or by length; 0 without either. @throws Refusal if the headers contradict each
 * other.
 */
export function readFraming(headers: HeaderList): 'chunked' | number {
  const codings = allValues(headers, 'transfer-encoding').join(',');
  if (codings !== '') {
    if (foldAscii(codings.split(',').at(-1)?.trim() ?? '') === 'chunked') return 'chunked';
    throw new Refusal('the last transfer coding is not chunked (RFC 9112 §6.3)');
  }
  const lengths = new Set(
    allValues(headers, 'content-length').flatMap((value) => value.split(',').map(trimHeaderSpace)),
  );
  const [length] = lengths;
  if (length === undefined) return 0;
  if (lengths.size > 1 || !/^[0-9]{1,15}$/.test(length)) throw new Refusal('Content-Length is invalid (RFC 9112 §6.3)');
  return Number(length);
}
