// The service behind Envoy in demo and tests: HTTP/1.1 and HTTP/2 without TLS, one port for each. Responds to any URL with a description of
// what it received, to `POST /reflect` as the request describes, to `POST /early` before it has read the request, and records what arrived.

import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { type ArrivalRecorder, Arrivals, type HeaderPairs } from './arrivals.ts';
import { orderBytesMax, type Reflection, reflectionOf } from './reflect.ts';

/** The same as Envoy's default limit (max_request_headers_kb); Node's is 16 KiB. */
const headBytesMax = 64 * 1024;

type UpstreamRequest = IncomingMessage | Http2ServerRequest;

/** The responses of both versions have the methods used here, but their types have no common call signature. */
type UpstreamResponse = ServerResponse;

/** A running upstream. */
export class Upstream {
  readonly arrivals: Arrivals = new Arrivals();
  readonly #http1: Server;
  readonly #http2: Server;
  readonly #control: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    const answer = (request: UpstreamRequest, response: ServerResponse | Http2ServerResponse): void => {
      serve(request, response as UpstreamResponse, this.arrivals).catch((error: unknown) => {
        // The exchange was cut by the other side; what arrived is recorded.
        response.destroy(error instanceof Error ? error : undefined);
      });
    };
    this.#http1 = createHttp1(
      { maxHeaderSize: headBytesMax, requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 60_000 },
      answer,
    );
    this.#http2 = createHttp2({ streamResetBurst: 1_000_000, streamResetRate: 1_000_000 }, answer);
    this.#control = createHttp1((request, response) => {
      const arrival = this.arrivals.find(decodeURIComponent((request.url ?? '').replace(/^\/arrivals\//, '')));
      response.writeHead(arrival === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(arrival ?? null));
    });
    for (const server of this.#servers) {
      server.on('connection', (socket: Socket) => {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
      });
    }
  }

  /** Starts it on free ports of loopback. */
  static async start(): Promise<Upstream> {
    const upstream = new Upstream();
    await Promise.all(upstream.#servers.map(listen));
    return upstream;
  }

  get #servers(): readonly Server[] {
    return [this.#http1, this.#http2, this.#control];
  }

  get http1Port(): number {
    return (this.#http1.address() as AddressInfo).port;
  }

  get http2Port(): number {
    return (this.#http2.address() as AddressInfo).port;
  }

  /** `GET /arrivals/ID` on this port returns what arrived of an exchange, for clients in other processes. */
  get controlPort(): number {
    return (this.#control.address() as AddressInfo).port;
  }

  /** Stops it and cuts what is still open. */
  async stop(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

function pairsOf(raw: readonly string[]): HeaderPairs {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] ?? '', raw[at + 1] ?? '']);
  return pairs;
}

async function serve(request: UpstreamRequest, response: UpstreamResponse, arrivals: Arrivals): Promise<void> {
  const head = { method: request.method ?? '', path: request.url ?? '', headers: pairsOf(request.rawHeaders) };
  const recorder = arrivals.begin({ ...head, protocol: request.httpVersionMajor === 2 ? 'HTTP/2.0' : 'HTTP/1.1' });
  const path = head.path.replace(/\?.*/s, '');
  const order = head.method === 'POST' && path === '/reflect' ? [] : undefined;
  const isEarly = head.method === 'POST' && path === '/early';
  if (isEarly) {
    answerEarly(request, response);
    // Node does not read the rest of a request whose response has ended.
    response.once('close', () => recorder.cut());
  }
  try {
    await receive(request, recorder, order);
  } finally {
    recorder.cut();
  }
  if (isEarly) {
    response.end();
    return;
  }
  await (order === undefined ? sendDescription(response, recorder) : reflect(response, order));
}

/**
 * Responds to a head at once with the text that `x-answer` holds in base64. With `x-answer-ends` the response is complete then;
 * without it the response ends when the request does.
 */
function answerEarly(request: UpstreamRequest, response: UpstreamResponse): void {
  const text = Buffer.from(String(request.headers['x-answer'] ?? ''), 'base64');
  response.writeHead(200, { 'content-type': 'text/html' });
  if (request.headers['x-answer-ends'] === undefined) response.write(text);
  else response.end(text);
}

/** Reads a body to its end; the pieces are kept only for an order. Throws when the body is cut. */
async function receive(
  request: UpstreamRequest,
  recorder: ArrivalRecorder,
  order: Uint8Array[] | undefined,
): Promise<void> {
  let orderBytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    recorder.write(chunk);
    orderBytes += chunk.length;
    if (orderBytes <= orderBytesMax) order?.push(chunk);
  }
  if (!request.complete) throw new Error('the body was cut');
  recorder.complete(pairsOf(request.rawTrailers));
}

async function sendDescription(response: UpstreamResponse, recorder: ArrivalRecorder): Promise<void> {
  const { id: _id, tail: _tail, state: _state, ...description } = recorder.snapshot();
  const body = Buffer.from(
    `${JSON.stringify({ ...description, headers: Object.fromEntries(description.headers) }, null, 2)}\n`,
  );
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

async function reflect(response: UpstreamResponse, order: readonly Uint8Array[]): Promise<void> {
  let reflection: Reflection;
  try {
    reflection = reflectionOf(Buffer.concat(order).toString('utf8'));
  } catch (error) {
    response.writeHead(400, { 'content-type': 'text/plain' });
    response.end(`${error instanceof Error ? error.message : String(error)}\n`);
    return;
  }
  const { status, trailers } = reflection;
  response.writeHead(
    status,
    trailers === undefined ? reflection.headers : { ...reflection.headers, trailer: Object.keys(trailers).join(', ') },
  );
  if (trailers !== undefined) response.addTrailers(trailers);
  for await (const piece of reflection.pieces()) {
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

/** Resolves when more may be written, rejects when the reader is gone. */
function drained(response: UpstreamResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const onDrain = (): void => {
      response.off('close', onClose);
      resolve();
    };
    const onClose = (): void => {
      response.off('drain', onDrain);
      reject(new Error('the response was cut'));
    };
    response.once('drain', onDrain);
    response.once('close', onClose);
  });
}
