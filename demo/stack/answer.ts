// A client's view of one exchange, and the incremental reader of HTTP/1.1 responses behind it. Written for tests: exact about what arrived
// and how it ended, and strict about framing, since a lenient reader would hide smuggling.

import { createHash, type Hash } from 'node:crypto';
import type { HeaderPairs } from './arrivals.ts';

/** The response that a client received. */
export interface Answer {
  /** 0 when the connection or stream ended before a status arrived. */
  readonly status: number;
  readonly headers: HeaderPairs;
  readonly bodyBytes: number;
  /** SHA-256 of the body, in hexadecimal. */
  readonly sha256: string;
  /** The body's first MiB as a byte string. */
  readonly body: string;
  readonly trailers: HeaderPairs;
  /** Whether the body arrived completely; `cut` when the connection or stream ended before. */
  readonly end: 'complete' | 'cut';
  /** Body bytes that had been sent when the status arrived, or in total when none arrived. */
  readonly sentBytes: number;
  /** Milliseconds from the first byte sent to the end of the response. */
  readonly milliseconds: number;
  /** Milliseconds from the first byte sent to the status line; undefined when none arrived. */
  readonly statusMilliseconds: number | undefined;
}

const keptBytesMax = 1024 * 1024;

/** Collects digest, length and beginning of a response's body. */
export class BodyDigest {
  readonly #hash: Hash = createHash('sha256');
  readonly #kept: Uint8Array[] = [];
  #bytes = 0;

  write(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    const room = keptBytesMax - this.#bytes;
    if (room > 0) this.#kept.push(Uint8Array.from(chunk.subarray(0, room)));
    this.#bytes += chunk.length;
  }

  /** The three facts of an `Answer` about its body. */
  facts(): Pick<Answer, 'body' | 'bodyBytes' | 'sha256'> {
    const body = Buffer.concat(this.#kept).toString('latin1');
    return { body, bodyBytes: this.#bytes, sha256: this.#hash.copy().digest('hex') };
  }
}

/** The value of a header of a response; undefined when it is absent. */
export function headerOf(answer: { readonly headers: HeaderPairs }, name: string): string | undefined {
  return answer.headers.find(([given]) => given.toLowerCase() === name.toLowerCase())?.[1];
}

type State =
  | { readonly at: 'head' }
  | { readonly at: 'length'; readonly left: number }
  | { readonly at: 'chunk-size' }
  | { readonly at: 'chunk'; readonly left: number }
  | { readonly at: 'chunk-end' }
  | { readonly at: 'trailers' }
  | { readonly at: 'until-close' }
  | { readonly at: 'done' };

/** Reads one HTTP/1.1 response from bytes as they arrive; skips 1xx responses. */
export class Http1AnswerReader {
  status = 0;
  headers: HeaderPairs = [];
  trailers: HeaderPairs = [];
  readonly body: BodyDigest = new BodyDigest();
  readonly #method: string;
  #state: State = { at: 'head' };
  #rest: Buffer = Buffer.alloc(0);

  /** @param method of the request: the response to a HEAD has no body, whatever its headers say. */
  constructor(method: string) {
    this.#method = method;
  }

  /** Whether the whole response has arrived. */
  get isComplete(): boolean {
    return this.#state.at === 'done';
  }

  /** Takes bytes. Throws on framing that is not HTTP/1.1, and on bytes after the end. */
  write(bytes: Uint8Array): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length > 0 && this.#step());
    if (this.isComplete && this.#rest.length > 0) throw new Error(`${this.#rest.length} bytes follow the answer`);
  }

  /** The peer closed the connection, which ends a response without a length. */
  close(): void {
    if (this.#state.at === 'until-close') this.#state = { at: 'done' };
  }

  /** One step of the reader. Returns whether there may be another. */
  #step(): boolean {
    const state = this.#state;
    switch (state.at) {
      case 'head': {
        const head = this.#upTo('\r\n\r\n');
        if (head !== undefined) this.#readHead(head);
        return head !== undefined;
      }
      case 'length':
      case 'chunk':
        this.#readBody(state.at, state.left);
        return true;
      case 'chunk-size':
        return this.#readChunkSize();
      case 'chunk-end': {
        const end = this.#upTo('\r\n');
        if (end !== undefined && end !== '') throw new Error('a chunk is longer than its size says');
        if (end !== undefined) this.#state = { at: 'chunk-size' };
        return end !== undefined;
      }
      case 'trailers':
        return this.#readTrailer();
      case 'until-close':
        this.body.write(this.#take(this.#rest.length));
        return false;
      case 'done':
        return false;
    }
  }

  #readHead(head: string): void {
    const [first = '', ...lines] = head.split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
    if (!(status >= 100)) throw new Error(`not a status line: "${first}"`);
    if (status < 200) return;
    this.status = status;
    this.headers = lines.map(headerLine);
    const length = headerOf(this, 'content-length');
    if (this.#method === 'HEAD' || status === 204 || status === 304) this.#state = { at: 'done' };
    else if (headerOf(this, 'transfer-encoding')?.toLowerCase() === 'chunked') this.#state = { at: 'chunk-size' };
    else if (length !== undefined) this.#startLength(Number(length));
    else this.#state = { at: 'until-close' };
  }

  #startLength(length: number): void {
    if (!Number.isSafeInteger(length) || length < 0) throw new Error('content-length is not a length');
    this.#state = length === 0 ? { at: 'done' } : { at: 'length', left: length };
  }

  #readBody(at: 'length' | 'chunk', left: number): void {
    const bytes = this.#take(Math.min(left, this.#rest.length));
    this.body.write(bytes);
    const still = left - bytes.length;
    if (still > 0) this.#state = { at, left: still };
    else this.#state = { at: at === 'length' ? 'done' : 'chunk-end' };
  }

  #readChunkSize(): boolean {
    const line = this.#upTo('\r\n');
    if (line === undefined) return false;
    if (!/^[0-9a-f]{1,12}$/i.test(line)) throw new Error(`not a chunk size: "${line}"`);
    const size = Number.parseInt(line, 16);
    this.#state = size === 0 ? { at: 'trailers' } : { at: 'chunk', left: size };
    return true;
  }

  #readTrailer(): boolean {
    const line = this.#upTo('\r\n');
    if (line === undefined) return false;
    if (line === '') this.#state = { at: 'done' };
    else this.trailers = [...this.trailers, headerLine(line)];
    return true;
  }

  #upTo(end: string): string | undefined {
    const at = this.#rest.indexOf(end, 0, 'latin1');
    if (at < 0) return undefined;
    const text = this.#take(at).toString('latin1');
    this.#take(end.length);
    return text;
  }

  #take(length: number): Buffer {
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return bytes;
  }
}

function headerLine(line: string): readonly [string, string] {
  const at = line.indexOf(':');
  if (at < 1) throw new Error(`not a header line: "${line}"`);
  return [line.slice(0, at), line.slice(at + 1).trim()];
}
