// The request that the handler sees: the client's request as far as it has been released. Knows no response.

import { IncomingMessage } from 'node:http';
import type { HeaderList } from '../http/headers.ts';
import type { RequestHead } from '../transaction/inspection.ts';
import { type Gate, piecesOf } from './gate.ts';

/** Node's flat list of names and values, which are byte strings, as headers. */
export function headerListOf(raw: readonly string[]): HeaderList {
  return Array.from({ length: raw.length / 2 }, (_, index) => ({
    name: (raw[2 * index] as string).toLowerCase(),
    value: raw[2 * index + 1] as string,
  }));
}

/** What Node has read of a request before its body. */
export function headOf({ method = '', url = '', httpVersion, rawHeaders, socket }: IncomingMessage): RequestHead {
  return {
    method,
    target: url,
    protocol: `HTTP/${httpVersion}`,
    headers: headerListOf(rawHeaders),
    remoteAddress: socket.remoteAddress ?? '',
    remotePort: socket.remotePort ?? 0,
    ...(socket.localAddress === undefined ? {} : { serverAddress: socket.localAddress }),
  };
}

/** Whether a request has no body (RFC 9112 §6.3). */
function isBodiless({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}

/** The error for listeners: without a listener, the stream just ends, as with Node's own requests. */
const forListeners = (request: IncomingMessage, error: Error | null): Error | null =>
  request.listenerCount('error') === 0 ? null : error;

/** The client's request, and the one for the handler. */
export class GuardedRequest {
  /** For the handler: the head is there at once, the body as it is released. Its `destroy` ends the connection. */
  readonly inner: IncomingMessage;
  readonly #outer: IncomingMessage;
  readonly #gate: Gate;
  #heldBytes = 0;
  /** Whether the handler's side accepts more. True before the handler is called, because calling it may depend on the body. */
  #isWanted = true;
  #isStopped = false;
  #isOver = false;

  constructor(outer: IncomingMessage, gate: Gate) {
    this.#outer = outer;
    this.#gate = gate;
    this.inner = this.#innerRequest();
  }

  /** Asks about the head, and starts reading. `call` is called when the head is released. */
  begin(call: () => void): void {
    const outer = this.#outer;
    const hasNoBody = isBodiless(outer);
    this.#gate.ask(
      (exchange) => exchange.requestHead(headOf(outer), hasNoBody),
      () => {
        call();
        if (hasNoBody) this.#end();
      },
    );
    // Always listened to, so that bytes of a body that should not exist are refused as out of order.
    outer.on('data', (chunk: Uint8Array) => this.#take(chunk));
    outer.once('end', () => {
      if (!hasNoBody && !this.#isStopped) this.#askForEnd();
    });
    outer.on('error', (error: Error) => this.inner.destroy(error));
  }

  /** The exchange accepts no more of the request: the rest is read, so that the connection can continue, and dropped. */
  stop(): void {
    this.#isStopped = true;
    this.#outer.resume();
  }

  /** Nothing more is released. */
  giveUp(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { inner } = this;
    if (!inner.complete) inner.destroy(new Error('the exchange ended before its request'));
    else if (!inner.readableEnded) inner.destroy();
    this.stop();
  }

  #take(chunk: Uint8Array): void {
    if (this.#isStopped) return;
    this.#heldBytes += chunk.length;
    for (const piece of piecesOf(chunk)) {
      this.#gate.ask(
        (exchange) => exchange.requestChunk(piece),
        () => {
          this.#heldBytes -= piece.length;
          this.#isWanted = this.inner.push(piece);
          this.#flow();
        },
      );
    }
    this.#flow();
  }

  #askForEnd(): void {
    this.#gate.ask(
      (exchange) => exchange.requestEnd(headerListOf(this.#outer.rawTrailers)),
      () => this.#end(),
    );
  }

  #end(): void {
    const { inner } = this;
    inner.rawTrailers = this.#outer.rawTrailers;
    inner.trailers = this.#outer.trailers;
    inner.complete = true;
    inner.push(null);
  }

  #flow(): void {
    if (this.#isStopped || (this.#isWanted && this.#heldBytes <= this.#gate.heldBytesMax)) this.#outer.resume();
    else this.#outer.pause();
  }

  #innerRequest(): IncomingMessage {
    const outer = this.#outer;
    const { method, url, httpVersion, httpVersionMajor, httpVersionMinor, rawHeaders } = outer;
    const inner = new IncomingMessage(outer.socket);
    Object.assign(inner, { method, url, httpVersion, httpVersionMajor, httpVersionMinor, rawHeaders });
    // Created on demand, as in Node's own requests.
    Object.defineProperties(inner, {
      headers: { get: () => outer.headers, configurable: true, enumerable: true },
      headersDistinct: { get: () => outer.headersDistinct, configurable: true, enumerable: true },
    });
    inner._read = () => {
      this.#isWanted = true;
      this.#flow();
    };
    inner._destroy = (error, done) => {
      if (!this.#isOver && !inner.complete) outer.destroy(error ?? undefined);
      if (!inner.complete) inner.emit('aborted');
      process.nextTick(() => done(forListeners(inner, error)));
    };
    return inner;
  }
}
