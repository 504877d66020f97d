// `POST /reflect`: the upstream responds as the request's JSON body describes. So a test or a reader can get any response, of any size,
// with one request. Knows nothing of HTTP versions.

/** The JSON body of `POST /reflect`. Everything is optional. */
export interface ReflectOrder {
  /** 200 by default. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body as text … */
  readonly body?: string;
  /** … or in base64. */
  readonly encodedBody?: string;
  /** How many times the body is sent; 1 by default. */
  readonly repeat?: number;
  /** Follows the repeated body, as text. */
  readonly end?: string;
  /** Milliseconds between two repetitions; 0 by default. */
  readonly pauseMs?: number;
  readonly trailers?: Readonly<Record<string, string>>;
}

/** A checked order, in the form that the server uses. */
export interface Reflection {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The pieces of the body, each made when it is requested. */
  readonly pieces: () => AsyncGenerator<Uint8Array, void, undefined>;
  /** Length of the whole body. */
  readonly bodyBytes: number;
  readonly trailers: Readonly<Record<string, string>> | undefined;
}

/** Longest order that is accepted. */
export const orderBytesMax = 16 * 1024 * 1024;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Parses an order. Throws a SyntaxError or RangeError with a sentence if it is invalid. */
export function reflectionOf(text: string): Reflection {
  const order: unknown = JSON.parse(text);
  if (!isRecord(order)) throw new RangeError('the order must be a JSON object {status, headers, body | encodedBody}');
  const {
    status = 200,
    headers = {},
    body = '',
    encodedBody,
    repeat = 1,
    end = '',
    pauseMs = 0,
    trailers,
  } = order as ReflectOrder;
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new RangeError(`status ${status} is not 200 to 599`);
  if (!Number.isInteger(repeat) || repeat < 0) throw new RangeError(`repeat ${repeat} is not a whole number`);
  const piece = encodedBody === undefined ? Buffer.from(body, 'utf8') : Buffer.from(encodedBody, 'base64');
  const last = Buffer.from(end, 'utf8');
  async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let sent = 0; sent < repeat; sent += 1) {
      if (sent > 0 && pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (piece.length > 0) yield piece;
    }
    if (last.length > 0) yield last;
  }
  return { status, headers, pieces, bodyBytes: piece.length * repeat + last.length, trailers };
}
