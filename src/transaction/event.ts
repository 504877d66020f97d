// The events of an exchange and the steps of a transaction, as plain values. Knows no wire format and no reply: both sides count
// the messages of a direction (`pending-replies.ts`).

import type { WafError } from '../base/errors.ts';
import type { Attributes } from '../http/attributes.ts';
import type { HeaderList } from '../http/headers.ts';
import type { RequestHead, ResponseHead } from './inspection.ts';
import type { Direction } from './phase.ts';
import type { Report } from './report.ts';

/**
 * How a direction's body reaches Weir, which decides what can be held.
 * - `none`: not at all; only heads and trailers do.
 * - `whole`: one chunk, sent when the body is complete; the head waits at the proxy until the chunk is answered.
 * - `prefix`: as `whole`, but of a body above the proxy's buffer only the beginning arrives, and the rest passes unseen.
 * - `chunks`: piece by piece; each piece waits at the proxy (or with us) for its own answer.
 */
export type BodyDelivery = 'none' | 'whole' | 'prefix' | 'chunks';

/** What a direction's body mode allows. */
export interface Delivery {
  readonly body: BodyDelivery;
  /** Whether the head's answer may wait for body bytes. When false, no body comes before the head was answered. */
  readonly holdsHead: boolean;
}

/** Both directions' deliveries; known before the first event. */
export type Deliveries = Readonly<Record<Direction, Delivery>>;

/**
 * Something that happened. Heads, chunks and trailers are messages: the transport owes a reply to each, and a step says when it may
 * be sent. Chunks are borrowed until the transaction's promise settles.
 */
export type ExchangeEvent =
  | {
      readonly kind: 'request-head';
      readonly head: RequestHead;
      readonly endOfStream: boolean;
      /** The proxy's attributes in this message; absent: none. */
      readonly attributes?: Attributes;
    }
  | {
      readonly kind: 'response-head';
      readonly head: ResponseHead;
      readonly endOfStream: boolean;
      /** The proxy's attributes in this message; absent: none. */
      readonly attributes?: Attributes;
    }
  | {
      readonly kind: 'chunk';
      readonly direction: Direction;
      readonly chunk: Uint8Array;
      readonly endOfStream: boolean;
      /** The proxy's attributes in this message; absent: none. */
      readonly attributes?: Attributes;
    }
  | {
      readonly kind: 'trailers';
      readonly direction: Direction;
      readonly trailers: HeaderList;
      /** The proxy's attributes in this message; absent: none. */
      readonly attributes?: Attributes;
    }
  /** The time that `deadlineMs` named for this direction has come. */
  | { readonly kind: 'deadline'; readonly direction: Direction }
  /** The proxy will send nothing more. */
  | { readonly kind: 'half-close' };

/** The oldest unanswered messages of each direction may be answered: so many of the request, then so many of the response. */
export interface Release {
  readonly kind: 'release';
  readonly requestCount: number;
  readonly responseCount: number;
  /** Sent with the last of the replies. */
  readonly report?: Report;
}

/**
 * What to tell the transport.
 * - `release`: answer so many messages; there may be none.
 * - `block`: answer the client in place of the service, or terminate the exchange if `isCommitted` (the response's head has been
 *   sent).
 *   `location` is the header of a redirect.
 *   Nothing more is answered after it.
 * - `fail`: the peer violates the protocol; end the stream with an error.
 */
export type Step =
  | Release
  | {
      readonly kind: 'block';
      readonly status: number;
      readonly location?: string;
      readonly isCommitted: boolean;
      readonly report: Report;
    }
  | { readonly kind: 'fail'; readonly error: WafError };
