// Clients with exact control of what is sent: where a body is cut, how it is framed, which trailers end it. `send` makes one exchange over
// HTTP/1.1 (raw socket) or HTTP/2; both use the same Request and Answer.

import { type ClientHttp2Stream, connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { type Answer, BodyDigest, Http1AnswerReader } from './answer.ts';
import type { HeaderPairs } from './arrivals.ts';

/** One request. */
export interface Request {
  readonly method?: string;
  /** Sent unchanged; `/` by default. */
  readonly path?: string;
  readonly headers?: HeaderPairs;
  /** The body in pieces that are written one by one; a generator may wait between them. */
  readonly body?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** HTTP/1.1 only: the body's length; without it the body is chunked, one chunk for each piece. */
  readonly lengthBytes?: number;
  readonly trailers?: HeaderPairs;
  /** Whether a `trailer` header announces the names of the trailers, as RFC 9110 asks; true by default. */
  readonly announcesTrailers?: boolean;
  /** Continues to send the body after the response has begun; false by default. */
  readonly sendsOn?: boolean;
}

/** How to send. */
export interface SendOptions {
  readonly port: number;
  readonly protocol?: 'http1' | 'http2';
  /** Gives up after this many milliseconds: the answer's end is then `cut`. 60 s by default. */
  readonly timeoutMs?: number;
}

/** Makes one exchange on a connection of its own. Never throws for what the peer does: see `end` and `status`. */
export function send(request: Request, options: SendOptions): Promise<Answer> {
  return options.protocol === 'http2' ? sendHttp2(request, options) : sendHttp1(request, options);
}

/** The pieces of a body cut at the given offsets. Copies nothing. */
export function* cutAt(body: Uint8Array, offsets: readonly number[]): Generator<Uint8Array, void, undefined> {
  let from = 0;
  for (const to of [...offsets, body.length]) {
    yield body.subarray(from, to);
    from = to;
  }
}

/** A long body: `fill` over and over, with a beginning and an end of its own. Byte strings. */
export interface LongBody {
  readonly start?: string;
  readonly fill: string;
  readonly end?: string;
}

/** A body of exactly `bytes` bytes in pieces of 64 KiB, generated as they are sent. */
export function* longBody(bytes: number, made: LongBody): Generator<Uint8Array, void, undefined> {
  const start = Buffer.from(made.start ?? '', 'latin1');
  const end = Buffer.from(made.end ?? '', 'latin1');
  const piece = Buffer.alloc(64 * 1024, made.fill, 'latin1');
  if (start.length > 0) yield start;
  let left = bytes - start.length - end.length;
  for (; left >= piece.length; left -= piece.length) yield piece;
  if (left > 0) yield piece.subarray(0, left);
  if (end.length > 0) yield end;
}

/** Yields the pieces with a pause before each but the first. */
export async function* paced(
  pieces: Iterable<Uint8Array>,
  pauseMs: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let isFirst = true;
  for (const piece of pieces) {
    if (!isFirst) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    isFirst = false;
    yield piece;
  }
}

/** The clock and the counters that both protocols share. */
class Exchange {
  readonly #start = performance.now();
  sentBytes = 0;
  /** Set when the status arrives: the body bytes sent by then, and the time. */
  atStatus: { readonly sentBytes: number; readonly milliseconds: number } | undefined;

  noteStatus(): void {
    this.atStatus ??= { sentBytes: this.sentBytes, milliseconds: performance.now() - this.#start };
  }

  times(): Pick<Answer, 'sentBytes' | 'milliseconds' | 'statusMilliseconds'> {
    return {
      sentBytes: this.atStatus?.sentBytes ?? this.sentBytes,
      milliseconds: performance.now() - this.#start,
      statusMilliseconds: this.atStatus?.milliseconds,
    };
  }
}

/** The value of the `trailer` header that announces a request's trailers. */
function trailerNames({ trailers, announcesTrailers = true }: Request): string | undefined {
  if (trailers === undefined || !announcesTrailers) return undefined;
  return trailers.map(([name]) => name).join(', ');
}

function headOf(request: Request, port: number): string {
  const { method = 'GET', path = '/', headers = [], body, lengthBytes } = request;
  const lines = [`${method} ${path} HTTP/1.1`];
  if (!headers.some(([name]) => name.toLowerCase() === 'host')) lines.push(`host: 127.0.0.1:${port}`);
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  if (lengthBytes !== undefined) lines.push(`content-length: ${lengthBytes}`);
  else if (body !== undefined) lines.push('transfer-encoding: chunked');
  const announced = trailerNames(request);
  if (announced !== undefined) lines.push(`trailer: ${announced}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Resolves when more may be written; false when the socket is gone. */
function write(socket: Socket | ClientHttp2Stream, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    if (socket.destroyed || socket.writableEnded) resolve(false);
    else socket.write(bytes, (error) => resolve(error === null || error === undefined));
  });
}

async function sendHttp1(request: Request, { port, timeoutMs = 60_000 }: SendOptions): Promise<Answer> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const reader = new Http1AnswerReader(request.method ?? 'GET');
  const exchange = new Exchange();
  const ended = new Promise<void>((resolve, reject) => {
    socket.on('data', (bytes: Uint8Array) => {
      try {
        reader.write(bytes);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
      if (reader.status !== 0) exchange.noteStatus();
      if (reader.isComplete) resolve();
    });
    socket.on('error', () => resolve());
    socket.on('close', () => {
      reader.close();
      resolve();
    });
  });
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  writeHttp1(
    { socket, port, request, exchange },
    () => (reader.status !== 0 && request.sendsOn !== true) || socket.destroyed,
  ).catch((error: unknown) => {
    socket.destroy(error instanceof Error ? error : undefined);
  });
  try {
    await ended;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  return {
    status: reader.status,
    headers: reader.headers,
    trailers: reader.trailers,
    end: reader.isComplete ? 'complete' : 'cut',
    ...reader.body.facts(),
    ...exchange.times(),
  };
}

/** The sending side of one exchange. */
interface Http1Sending {
  readonly socket: Socket;
  readonly port: number;
  readonly request: Request;
  readonly exchange: Exchange;
}

async function writeHttp1({ socket, port, request, exchange }: Http1Sending, isAnswered: () => boolean): Promise<void> {
  await write(socket, Buffer.from(headOf(request, port), 'latin1'));
  if (request.body === undefined) return;
  const isChunked = request.lengthBytes === undefined;
  for await (const piece of request.body) {
    if (isAnswered()) return;
    if (piece.length === 0) continue;
    const bytes = isChunked
      ? Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
      : piece;
    if (!(await write(socket, bytes))) return;
    exchange.sentBytes += piece.length;
  }
  const trailers = (request.trailers ?? []).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  if (isChunked) await write(socket, Buffer.from(`0\r\n${trailers}\r\n`, 'latin1'));
}

function toHttp2Headers(request: Request, port: number): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {
    ':method': request.method ?? 'GET',
    ':path': request.path ?? '/',
    ':scheme': 'http',
    ':authority': `127.0.0.1:${port}`,
  };
  for (const [name, value] of request.headers ?? []) {
    // A pseudo header occurs once.
    const before = name.startsWith(':') ? undefined : headers[name];
    headers[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  const announced = trailerNames(request);
  if (announced !== undefined) headers.trailer = announced;
  if (request.lengthBytes !== undefined) headers['content-length'] = String(request.lengthBytes);
  return headers;
}

function pairsOf(headers: IncomingHttpHeaders): HeaderPairs {
  return Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(':') || value === undefined
      ? []
      : [value].flat().map((one): readonly [string, string] => [name, one]),
  );
}

async function sendHttp2(request: Request, { port, timeoutMs = 60_000 }: SendOptions): Promise<Answer> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const exchange = new Exchange();
  const body = new BodyDigest();
  const got: { status: number; headers: HeaderPairs; trailers: HeaderPairs; isComplete: boolean } = {
    status: 0,
    headers: [],
    trailers: [],
    isComplete: false,
  };
  session.on('error', () => undefined);
  const stream = session.request(toHttp2Headers(request, port), {
    endStream: request.body === undefined,
    waitForTrailers: request.trailers !== undefined,
  });
  stream.on('wantTrailers', () => stream.sendTrailers(Object.fromEntries(request.trailers ?? [])));
  stream.on('response', (headers) => {
    got.status = Number(headers[':status']);
    got.headers = pairsOf(headers);
    exchange.noteStatus();
  });
  stream.on('trailers', (trailers) => {
    got.trailers = pairsOf(trailers);
  });
  stream.on('data', (chunk: Uint8Array) => body.write(chunk));
  const ended = new Promise<void>((resolve) => {
    stream.on('end', () => {
      got.isComplete = got.status !== 0 && !stream.aborted && stream.rstCode === 0;
      resolve();
    });
    stream.on('error', () => resolve());
    stream.on('close', () => resolve());
    session.on('close', () => resolve());
  });
  const timer = setTimeout(() => session.destroy(), timeoutMs);
  writeHttp2(stream, request, exchange, () => (got.status !== 0 && request.sendsOn !== true) || stream.destroyed).catch(
    () => stream.close(),
  );
  await ended;
  clearTimeout(timer);
  session.destroy();
  const { isComplete, ...head } = got;
  return { ...head, end: isComplete ? 'complete' : 'cut', ...body.facts(), ...exchange.times() };
}

async function writeHttp2(
  stream: ClientHttp2Stream,
  request: Request,
  exchange: Exchange,
  isAnswered: () => boolean,
): Promise<void> {
  if (request.body === undefined) return;
  for await (const piece of request.body) {
    if (isAnswered()) return;
    if (!(await write(stream, piece))) return;
    exchange.sentBytes += piece.length;
  }
  stream.end();
}
