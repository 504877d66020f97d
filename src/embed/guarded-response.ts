// The response that a handler writes to: released parts are sent to the client. It has no socket of its own, so that a write that
// bypasses the known methods goes nowhere. Knows no request except the handler's.

import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Header, HeaderList } from '../http/headers.ts';
import { type Gate, piecesOf } from './gate.ts';

type Done = (error?: Error | null) => void;
type Headers = OutgoingHttpHeaders | readonly (string | number | readonly string[])[];

/** The response that the handler gets, and the client's. */
export class GuardedResponse {
  /** For the handler. */
  readonly inner: ServerResponse;
  readonly #outer: ServerResponse;
  readonly #gate: Gate;
  readonly #onEnd: () => void;
  readonly #isHeadRequest: boolean;
  #hasBody = true;
  #heldBytes = 0;
  #needsDrain = false;
  #isOver = false;
  #isFinished = false;
  #trailers: readonly [string, string][] = [];

  /**
   * @param request the handler's request.
   * @param onEnd called when the handler has ended its response: the exchange then accepts no more of the request.
   */
  constructor(request: IncomingMessage, outer: ServerResponse, gate: Gate, onEnd: () => void) {
    this.#outer = outer;
    this.#onEnd = onEnd;
    this.#gate = gate;
    this.#isHeadRequest = request.method === 'HEAD';
    this.inner = this.#innerResponse(request);
    outer.on('drain', () => this.#drain());
    outer.once('finish', () => {
      if (this.#isOver) return;
      this.#isFinished = true;
      this.inner.emit('finish');
    });
    outer.on('error', (error: Error) => {
      if (this.inner.listenerCount('error') > 0) this.inner.emit('error', error);
    });
  }

  /** Nothing more is released; what is still written is dropped. */
  giveUp(): void {
    this.#isOver = true;
    this.inner.destroyed = true;
  }

  /** The client's response is closed. */
  close(): void {
    this.giveUp();
    Object.defineProperty(this.inner, 'closed', { value: true, configurable: true });
    this.inner.emit('close');
  }

  #innerResponse(request: IncomingMessage): ServerResponse {
    const inner = new ServerResponse(request);
    const outer = this.#outer;
    // For reading and timeouts only. Node writes to a socket only for the response that the socket belongs to.
    Object.defineProperty(inner, 'socket', { get: () => outer.socket, set: () => undefined, configurable: true });
    const getters = {
      writableFinished: () => this.#isFinished,
      writableNeedDrain: () => this.#needsDrain,
      writableLength: () => this.#heldBytes + outer.writableLength,
    };
    for (const [name, get] of Object.entries(getters)) Object.defineProperty(inner, name, { get, configurable: true });
    const ignore = () => undefined;
    return Object.assign(inner, {
      writeHead: this.#writeHead.bind(this),
      write: this.#write.bind(this),
      end: this.#end.bind(this),
      addTrailers: this.#addTrailers.bind(this),
      flushHeaders: () => this.#startHead(),
      writeContinue: () => outer.writeContinue(),
      writeProcessing: ignore,
      writeEarlyHints: (_hints: unknown, done?: () => void) => done?.(),
      cork: ignore,
      uncork: ignore,
      destroy: (error?: Error) => {
        if (!inner.destroyed) outer.destroy(error);
        inner.destroyed = true;
        return inner;
      },
    });
  }

  /** Takes over the head after `ServerResponse.writeHead` has checked it, and asks about it. */
  #writeHead(status: number, reason?: string | Headers, given?: Headers): ServerResponse {
    const { inner } = this;
    const headers = typeof reason === 'string' ? given : (reason ?? given);
    if (!inner.headersSent && headers !== undefined) setHeaders(inner, headers);
    ServerResponse.prototype.writeHead.call(inner, status);
    const names = inner.getHeaderNames();
    const lines = names.map((name) => [name, inner.getHeader(name) ?? ''] as const);
    const { statusCode } = inner;
    const { sendDate } = inner;
    this.#hasBody = !this.#isHeadRequest && statusCode >= 200 && statusCode !== 204 && statusCode !== 304;
    const head = {
      status: statusCode,
      protocol: 'HTTP/1.1',
      headers: lines.flatMap(([name, value]) => headersOf(name, value)),
    };
    this.#gate.ask(
      // A response without a body also ends with `end`; until then the handler may read the request.
      (exchange) => exchange.responseHead(head, false),
      () => {
        for (const [name, value] of lines) this.#outer.setHeader(name, value);
        this.#outer.sendDate = sendDate;
        this.#outer.writeHead(statusCode);
        // After what is released in the same turn, to share a packet with it.
        process.nextTick(() => {
          if (!this.#outer.writableEnded) this.#outer.flushHeaders();
        });
      },
    );
    return inner;
  }

  #startHead(): void {
    if (!this.inner.headersSent) this.inner.writeHead(this.inner.statusCode);
  }

  #write(chunk: string | Uint8Array, encoding?: BufferEncoding | Done, callback?: Done): boolean {
    const done = typeof encoding === 'function' ? encoding : callback;
    const bytes = bytesOf(chunk, typeof encoding === 'string' ? encoding : undefined);
    if (this.inner.writableEnded) return this.#failWrite(done);
    this.#startHead();
    return this.#takeBody(bytes, done);
  }

  #failWrite(done: Done | undefined): false {
    const error = Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' });
    process.nextTick(() => {
      done?.(error);
      this.inner.emit('error', error);
    });
    return false;
  }

  #takeBody(bytes: Uint8Array, done: Done | undefined): boolean {
    if (!this.#hasBody || this.#isOver || bytes.length === 0) {
      if (done !== undefined) process.nextTick(done);
      return true;
    }
    this.#heldBytes += bytes.length;
    for (const piece of piecesOf(bytes)) {
      const isLast = piece.byteOffset + piece.length === bytes.byteOffset + bytes.length;
      this.#gate.ask(
        (exchange) => exchange.responseChunk(piece),
        () => {
          this.#heldBytes -= piece.length;
          this.#outer.write(piece, isLast ? done : undefined);
          this.#drain();
        },
      );
    }
    this.#needsDrain ||= this.#isFull;
    return !this.#needsDrain;
  }

  #end(chunk?: string | Uint8Array | Done | null, encoding?: BufferEncoding | Done, callback?: Done): ServerResponse {
    const { inner } = this;
    const done = [chunk, encoding, callback].find((one) => typeof one === 'function');
    const hasChunk = typeof chunk === 'string' || chunk instanceof Uint8Array;
    const bytes = hasChunk ? bytesOf(chunk, typeof encoding === 'string' ? encoding : undefined) : new Uint8Array();
    if (inner.writableEnded) {
      if (hasChunk) this.#failWrite(done as Done | undefined);
      return inner;
    }
    if (done !== undefined) inner.once('finish', done as Done);
    if (!inner.headersSent) this.#declareLength(bytes.length);
    this.#startHead();
    this.#takeBody(bytes, undefined);
    inner.finished = true;
    this.#askForEnd();
    this.#onEnd();
    return inner;
  }

  /** A body that is given as a whole gets a Content-Length, as in Node. */
  #declareLength(bytes: number): void {
    const { inner } = this;
    const isDeclared =
      inner.hasHeader('content-length') || inner.hasHeader('transfer-encoding') || inner.hasHeader('trailer');
    const { statusCode } = inner;
    if (!isDeclared && !this.#isHeadRequest && statusCode !== 204 && statusCode !== 304) {
      inner.setHeader('Content-Length', bytes);
    }
  }

  #askForEnd(): void {
    const trailers: HeaderList = this.#trailers.map(([name, value]) => ({ name: name.toLowerCase(), value }));
    this.#gate.ask(
      (exchange) => exchange.responseEnd(trailers),
      () => {
        if (this.#trailers.length > 0) this.#outer.addTrailers(this.#trailers);
        this.#outer.end();
      },
    );
  }

  #addTrailers(trailers: OutgoingHttpHeaders | readonly [string, string][]): void {
    ServerResponse.prototype.addTrailers.call(this.inner, trailers as OutgoingHttpHeaders);
    const entries = Array.isArray(trailers) ? trailers : Object.entries(trailers);
    this.#trailers = entries.flatMap(([name, value]) =>
      [value].flat().map((one) => [String(name), String(one)] as [string, string]),
    );
  }

  get #isFull(): boolean {
    return this.#heldBytes > this.#gate.heldBytesMax || this.#outer.writableNeedDrain;
  }

  #drain(): void {
    if (!this.#needsDrain || this.#isFull || this.#isOver) return;
    this.#needsDrain = false;
    this.inner.emit('drain');
  }
}

/** Sets the headers given to `writeHead`: an object, alternating names and values, or pairs. In the latter two a name can repeat. */
function setHeaders(response: ServerResponse, headers: Headers): void {
  if (!Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers as OutgoingHttpHeaders)) {
      if (value !== undefined) response.setHeader(name, value);
    }
    return;
  }
  const isPairs = Array.isArray(headers[0]);
  const pairs = isPairs
    ? headers
    : Array.from({ length: headers.length / 2 }, (_, at) => headers.slice(2 * at, 2 * at + 2));
  for (const [name] of pairs) response.removeHeader(name);
  for (const [name, value] of pairs) response.appendHeader(name, typeof value === 'number' ? String(value) : value);
}

function headersOf(name: string, value: number | string | readonly string[]): readonly Header[] {
  return [value].flat().map((one) => ({ name, value: String(one) }));
}

function bytesOf(chunk: unknown, encoding: BufferEncoding | undefined): Uint8Array {
  if (typeof chunk === 'string') return Buffer.from(chunk, encoding);
  if (chunk instanceof Uint8Array) return chunk;
  const error = new TypeError('The "chunk" argument must be of type string or an instance of Buffer or Uint8Array.');
  throw Object.assign(error, { code: chunk === null ? 'ERR_STREAM_NULL_VALUES' : 'ERR_INVALID_ARG_TYPE' });
}
