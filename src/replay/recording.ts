// An exchange that was recorded somewhere, as far as it was. Knows no format.

import type { Exchange } from '../explain/explain-exchange.ts';

/** One exchange. */
export interface Recording {
  /** Where it stands: file and entry, or the name that it has there. */
  readonly name: string;
  readonly exchange: Exchange;
  /** What the exchange had and the recording has not: rules that look at it cannot match. */
  readonly missing: readonly string[];
}

/** Header names that speak of bytes on the wire, which a recording of what they meant does not have. */
export const framingHeaders: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'content-encoding']);
