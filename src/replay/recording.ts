// A recorded exchange, as far as it was recorded. Knows no format.

import type { Exchange } from '../explain/explain-exchange.ts';

/** One exchange. */
export interface Recording {
  /** Its location: file and entry, or its name there. */
  readonly name: string;
  readonly exchange: Exchange;
  /** Parts of the exchange that are missing in the recording: rules that look at them cannot match. */
  readonly missing: readonly string[];
}

/** Names of headers about the wire format, which a recording of decoded messages does not have. */
export const framingHeaders: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'content-encoding']);
