// The heads of request and response as plain values, independent of the protocol.

import type { HeaderList } from './headers.ts';

/** The head of a request. */
export interface RequestHead {
  readonly method: string;
  /** Request target exactly as received (path and query, byte string). */
  readonly target: string;
  /** e.g. `HTTP/1.1`, `HTTP/2.0` */
  readonly protocol: string;
  /** Without pseudo headers; the authority becomes `host` if there is no such header. */
  readonly headers: HeaderList;
  /** '' if unknown. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** The address that the client connected to; absent if unknown. */
  readonly serverAddress?: string;
}

/** The head of a response. */
export interface ResponseHead {
  readonly status: number;
  readonly protocol: string;
  readonly headers: HeaderList;
}
