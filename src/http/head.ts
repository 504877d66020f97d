// What the two halves of an exchange begin with, as plain values that no protocol shows through.

import type { HeaderList } from './headers.ts';

/** What a request begins with. */
export interface RequestHead {
  readonly method: string;
  /** Request target exactly as received (path and query, byte string). */
  readonly target: string;
  /** e.g. `HTTP/1.1`, `HTTP/2.0` */
  readonly protocol: string;
  /** Without pseudo headers; the authority stands in as `host` when there is no such header. */
  readonly headers: HeaderList;
  /** '' when unknown. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** The address that the client connected to; absent when unknown. */
  readonly serverAddress?: string;
}

/** What a response begins with. */
export interface ResponseHead {
  readonly status: number;
  readonly protocol: string;
  readonly headers: HeaderList;
}
