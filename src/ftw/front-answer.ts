// The bytes of an HTTP/1 response as they arrive: whether it is complete, and what tests need from it. Knows no sockets.

import { foldAscii, toByteString } from '../base/bytes.ts';
import { firstValue, type HeaderList } from '../http/headers.ts';
import { BodyFault, readBody } from './http-body.ts';

/** Collects one response. */
export class FrontAnswer {
  readonly #method: string;
  #bytes: Buffer = Buffer.alloc(0);
  /** The peer has ended the connection. */
  isEnded = false;

  /** @param method of the request: the response to HEAD has no body. */
  constructor(method: string) {
    this.#method = method;
  }

  /** Takes the next bytes. Copies. */
  write(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
  }

  /** True if the connection ended before any byte. */
  get isClosedUnanswered(): boolean {
    return this.isEnded && this.#bytes.length === 0;
  }

  /** All of it as a byte string. */
  get text(): string {
    return toByteString(this.#bytes);
  }

  /** From the status line; undefined until there is one, and always for HTTP/0.9. */
  get status(): number | undefined {
    const digits = /^HTTP\/\d\.\d (\d{3})[ \r\n]/.exec(toByteString(this.#bytes, 0, Math.min(64, this.#bytes.length)));
    return digits === null ? undefined : Number(digits[1]);
  }

  /** Empty until the head is complete. */
  get headers(): HeaderList {
    const end = this.#bytes.indexOf('\r\n\r\n');
    if (end < 0) return [];
    return toByteString(this.#bytes, 0, end)
      .split('\r\n')
      .slice(1)
      .map((line) => {
        const colon = line.indexOf(':');
        return { name: foldAscii(line.slice(0, colon)), value: line.slice(colon + 1).trim() };
      });
  }

  /** Whether nothing more can come. False for a response that ends with its connection. */
  get isComplete(): boolean {
    const end = this.#bytes.indexOf('\r\n\r\n');
    const { status } = this;
    if (end < 0 || status === undefined) return false;
    if (this.#method === 'HEAD' || status === 204 || status === 304) return true;
    const { headers } = this;
    const body = this.#bytes.subarray(end + 4);
    if (firstValue(headers, 'transfer-encoding') === 'chunked') return isWholeChunked(body);
    const length = firstValue(headers, 'content-length');
    return length !== undefined && body.length >= Number(length);
  }
}

function isWholeChunked(body: Uint8Array): boolean {
  try {
    readBody(body, 'chunked');
    return true;
  } catch (thrown) {
    if (thrown instanceof BodyFault) return false;
    throw thrown;
  }
}
