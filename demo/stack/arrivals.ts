// What reached the upstream, by digest, including exchanges that were cut. Tests use it to prove what did not arrive. Memory is bounded:
// bodies are hashed, not kept.

import { createHash, type Hash } from 'node:crypto';

/** Header lines in order of arrival. */
export type HeaderPairs = readonly (readonly [string, string])[];

/** One exchange as the upstream received it. */
export interface Arrival {
  /** The value of `x-exchange`, or else a number that the upstream assigns. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly protocol: 'HTTP/1.1' | 'HTTP/2.0';
  readonly headers: HeaderPairs;
  /** Bytes of the body that have arrived so far. */
  readonly bodyBytes: number;
  /** SHA-256 of those bytes, in hexadecimal. */
  readonly sha256: string;
  /** The last bytes that arrived, as a byte string; at most 256. */
  readonly tail: string;
  readonly trailers: HeaderPairs;
  /** `open` while bytes may still arrive, `complete` after the body's end, `cut` when the end never arrived. */
  readonly state: 'open' | 'complete' | 'cut';
}

const tailBytesMax = 256;
const arrivalsMax = 5_000;

/** Records one open exchange. */
export class ArrivalRecorder {
  readonly #hash: Hash = createHash('sha256');
  readonly #head: Pick<Arrival, 'id' | 'method' | 'path' | 'protocol' | 'headers'>;
  #bodyBytes = 0;
  #tail: Uint8Array = new Uint8Array(0);
  #trailers: HeaderPairs = [];
  #state: Arrival['state'] = 'open';

  constructor(head: Pick<Arrival, 'id' | 'method' | 'path' | 'protocol' | 'headers'>) {
    this.#head = head;
  }

  /** Takes the next bytes of the body. */
  write(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#bodyBytes += chunk.length;
    const joined = chunk.length >= tailBytesMax ? chunk : Buffer.concat([this.#tail, chunk]);
    this.#tail = Uint8Array.from(joined.subarray(-tailBytesMax));
  }

  /** The body ended properly, with these trailers. */
  complete(trailers: HeaderPairs): void {
    this.#trailers = trailers;
    this.#state = 'complete';
  }

  /** The connection or stream ended before the body did. */
  cut(): void {
    if (this.#state === 'open') this.#state = 'cut';
  }

  /** The state so far. */
  snapshot(): Arrival {
    return {
      ...this.#head,
      bodyBytes: this.#bodyBytes,
      sha256: this.#hash.copy().digest('hex'),
      tail: Buffer.from(this.#tail).toString('latin1'),
      trailers: this.#trailers,
      state: this.#state,
    };
  }
}

/** The exchanges of an upstream, the newest few thousand of them. */
export class Arrivals {
  readonly #recorders = new Map<string, ArrivalRecorder>();
  #count = 0;

  /** Number of exchanges since the start. */
  get count(): number {
    return this.#count;
  }

  /** Begins an exchange. A second one with the same id replaces the first. */
  begin(head: Omit<Arrival, 'id' | 'bodyBytes' | 'sha256' | 'tail' | 'trailers' | 'state'>): ArrivalRecorder {
    this.#count += 1;
    const id = head.headers.find(([name]) => name.toLowerCase() === 'x-exchange')?.[1] ?? `#${this.#count}`;
    const recorder = new ArrivalRecorder({ ...head, id });
    this.#recorders.delete(id);
    this.#recorders.set(id, recorder);
    for (const oldest of this.#recorders.keys()) {
      if (this.#recorders.size <= arrivalsMax) break;
      this.#recorders.delete(oldest);
    }
    return recorder;
  }

  /** What arrived of the exchange with this id; undefined when it never reached the upstream. */
  find(id: string): Arrival | undefined {
    return this.#recorders.get(id)?.snapshot();
  }
}
