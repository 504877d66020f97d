// A request or response head → the fields and facts that rules see. Knows the SecLang names of things in a head.

import { asView, toBytes } from '../base/bytes.ts';
import type { Limits } from '../base/limits.ts';
import type { Steps } from '../base/turn.ts';
import type { Facts } from '../evaluate/facts.ts';
import type { RuleState } from '../evaluate/rule-state.ts';
import { mayReadFurther, readCookiesFurther } from '../http/cookie-readings.ts';
import { readCookies } from '../http/cookies.ts';
import { mayHoldCredentials, readCredentials } from '../http/credential-readings.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import type { HeaderList } from '../http/headers.ts';
import { allValues, firstValue } from '../http/headers.ts';
import { plainPairs } from '../http/plain-query.ts';
import { parseRequestTarget } from '../http/request-target.ts';
import { PairReader } from '../http/urlencoded.ts';
import { type ValueReadingOptions, ValueReadings } from '../http/value-readings.ts';
import type { Inspector } from '../inspect/inspector.ts';
import { memoryCosts } from '../inspect/memory.ts';
import { fieldKind } from '../plan/field-kind.ts';

const kinds = {
  line: fieldKind('REQUEST_LINE'),
  method: fieldKind('REQUEST_METHOD'),
  protocol: fieldKind('REQUEST_PROTOCOL'),
  uri: fieldKind('REQUEST_URI'),
  uriRaw: fieldKind('REQUEST_URI_RAW'),
  filename: fieldKind('REQUEST_FILENAME'),
  basename: fieldKind('REQUEST_BASENAME'),
  query: fieldKind('QUERY_STRING'),
  requestHeader: fieldKind('REQUEST_HEADERS'),
  requestHeaderName: fieldKind('REQUEST_HEADERS_NAMES'),
  responseHeader: fieldKind('RESPONSE_HEADERS'),
  responseHeaderName: fieldKind('RESPONSE_HEADERS_NAMES'),
};

/**
 * Passes the fields of a request head to the inspector; the pairs of the query are separated by `separator`. Names longer than
 * `fieldNameBytesMax` are cut as decoders do.
 */
export function* addRequestHead(head: RequestHead, inspector: Inspector, limits: Limits, separator = '&'): Steps<void> {
  const target = parseRequestTarget(head.target);
  inspector.memory.remember(memoryCosts.exchange + head.target.length);
  inspector.addText(kinds.line, '', `${head.method} ${head.target} ${head.protocol}`);
  inspector.addText(kinds.method, '', head.method);
  inspector.addText(kinds.protocol, '', head.protocol);
  inspector.addText(kinds.uri, '', target.uri);
  inspector.addText(kinds.uriRaw, '', target.raw);
  inspector.addText(kinds.filename, '', target.filename);
  inspector.addText(kinds.basename, '', target.basename);
  inspector.addText(kinds.query, '', target.query);
  if (target.query.length > 0) yield* addQuery({ query: target.query, separator }, inspector, limits);
  yield* addRequestHeaders(head.headers, inspector, limits);
}

function* addQuery(
  { query, separator }: { readonly query: string; readonly separator: string },
  inspector: Inspector,
  limits: Limits,
): Steps<void> {
  const pairs =
    query.length > limits.pieceBytes
      ? undefined
      : plainPairs(query, { separator, nameBytesMax: limits.fieldNameBytesMax });
  if (pairs !== undefined) {
    for (let at = 0; at < pairs.length; at += 2)
      inspector.field('ARGS_GET', pairs[at] as string, pairs[at + 1] as string);
    if (inspector.isLate) yield* inspector.catchUp();
    return;
  }
  const readings = readingsOf(inspector, limits);
  const { openReading } = readings;
  const reader = new PairReader(new ValueReadings(inspector, readings), {
    source: 'ARGS_GET',
    nameBytesMax: limits.fieldNameBytesMax,
    separator,
    narrow: { sink: openReading(), tailBytesMax: limits.narrowTailBytesMax },
  });
  const bytes = toBytes(query);
  for (let from = 0; from < bytes.length; from += limits.pieceBytes) {
    reader.write(asView(bytes, from, Math.min(from + limits.pieceBytes, bytes.length)));
    yield* inspector.catchUp();
  }
  reader.end();
  const { hasInvalidEscape, unreadBytes } = reader;
  if (hasInvalidEscape) inspector.fact('URLENCODED_ERROR', '1');
  inspector.problems.uninspected('request-letters', unreadBytes);
}

/** Options of the alternate readings of a head's values. */
function readingsOf(inspector: Inspector, limits: Limits): ValueReadingOptions {
  const onUnread = (bytes: number): void => inspector.problems.unreadText(bytes);
  return { openReading: () => inspector.openReading(), onUnread, limits };
}

/** Memory taken by headers that are kept for logs. */
function memoryOf(headers: HeaderList): number {
  return headers.reduce((sum, { name, value }) => sum + memoryCosts.header + name.length + value.length, 0);
}

/** Passes request headers, or trailers, and the cookies in them to the inspector. */
export function* addRequestHeaders(headers: HeaderList, inspector: Inspector, limits: Limits): Steps<void> {
  inspector.memory.remember(memoryOf(headers));
  for (const header of headers) {
    const { name, value } = header;
    inspector.addText(kinds.requestHeaderName, name, name);
    inspector.addText(kinds.requestHeader, name, value);
    if (name === 'cookie') yield* addCookies(value, inspector, limits);
    if (mayHoldCredentials(header)) readCredentials(header, readingsOf(inspector, limits));
    if (inspector.isLate) yield* inspector.catchUp();
  }
  const cookies = allValues(headers, 'cookie');
  if (!cookies.some(mayReadFurther)) return;
  const nameBytesMax = limits.fieldNameBytesMax;
  const steps = readCookiesFurther(cookies, { ...readingsOf(inspector, limits), nameBytesMax });
  for (const _ of steps) yield* inspector.catchUp();
}

/** Passes the cookies of one header, some at a time: the text between two `;` can be read independently. */
function* addCookies(header: string, inspector: Inspector, limits: Limits): Steps<void> {
  for (let from = 0; from <= header.length; ) {
    const end = header.indexOf(';', from + limits.pieceBytes);
    const to = end < 0 ? header.length : end;
    readCookies(header.slice(from, to), inspector, limits.fieldNameBytesMax);
    from = to + 1;
    if (inspector.isLate) yield* inspector.catchUp();
  }
}

/** Passes response headers, or trailers, to the inspector. */
export function* addResponseHeaders(headers: HeaderList, inspector: Inspector): Steps<void> {
  inspector.memory.remember(memoryOf(headers));
  for (const { name, value } of headers) {
    inspector.addText(kinds.responseHeaderName, name, name);
    inspector.addText(kinds.responseHeader, name, value);
    if (inspector.isLate) yield* inspector.catchUp();
  }
}

/** Host header without its port, and the port. */
function splitAuthority(authority: string): { readonly name: string; readonly port: string } {
  if (!authority.includes(':') && !authority.startsWith('[')) return { name: authority, port: '' };
  const found = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority);
  return { name: found?.[1] ?? authority, port: found?.[2] ?? '' };
}

/** Whether no rule sees a head because the engine is off. Then it is counted as uninspected. */
export function isUnseen(
  head: RequestHead | ResponseHead,
  { problems }: Pick<Inspector, 'problems'>,
  { engine }: Pick<RuleState, 'engine'>,
): boolean {
  if (engine !== 'Off') return false;
  problems.uninspected('engine-off', headBytes(head));
  return true;
}

/** Length of a head in HTTP/1.1: its line, its fields, and the empty line. */
function headBytes(head: RequestHead | ResponseHead): number {
  const { protocol, headers } = head;
  const words = 'method' in head ? head.method.length + head.target.length : String(head.status).length;
  const lineBytes = words + protocol.length + '  \r\n'.length;
  return headers.reduce((sum, { name, value }) => sum + name.length + value.length + ': \r\n'.length, lineBytes + 2);
}

/** Single values of a request head by SecLang name. */
export function setRequestFacts(head: RequestHead, facts: Facts): void {
  facts.set('FULL_REQUEST_LENGTH', String(headBytes(head)));
  const authority = splitAuthority(firstValue(head.headers, 'host') ?? '');
  facts.set('REMOTE_ADDR', head.remoteAddress);
  facts.set('REMOTE_HOST', head.remoteAddress);
  facts.set('REMOTE_PORT', String(head.remotePort));
  facts.set('SERVER_ADDR', head.serverAddress ?? '');
  facts.set('SERVER_NAME', authority.name);
  facts.set('SERVER_PORT', authority.port);
  facts.set('PATH_INFO', parseRequestTarget(head.target).filename);
  const [scheme = '', credentials = ''] = (firstValue(head.headers, 'authorization') ?? '').split(/ +/, 2);
  facts.set('AUTH_TYPE', scheme);
  facts.set('REMOTE_USER', /^basic$/i.test(scheme) ? userOf(credentials) : '');
}

/** The user name in credentials of the Basic scheme (RFC 7617 §2); a byte string. */
function userOf(credentials: string): string {
  return Buffer.from(credentials, 'base64').toString('latin1').split(':', 1)[0] as string;
}

/** Single values of a response head by SecLang name. */
export function setResponseFacts(head: ResponseHead, facts: Facts): void {
  facts.set('RESPONSE_STATUS', String(head.status));
  facts.set('RESPONSE_PROTOCOL', head.protocol);
  facts.set('STATUS_LINE', `${head.protocol} ${head.status}`);
  // The type alone, as in ModSecurity v3 and Coraza: rules compare it as a whole.
  const [type = ''] = (firstValue(head.headers, 'content-type') ?? '').split(';', 1);
  facts.set('RESPONSE_CONTENT_TYPE', type.trim());
  facts.set('RESPONSE_CONTENT_LENGTH', firstValue(head.headers, 'content-length') ?? '0');
}
