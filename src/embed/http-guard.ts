// Puts an engine in front of the handler of an HTTP server: a function, or an application that is one, such as an Express app.
// The handler gets its own request and response objects, so only released bytes reach it or the client.

import { IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import { misuse } from '../transaction/checked-inspection.ts';
import type { TransactionRecord } from '../transaction/record.ts';
import type { Engine } from './engine.ts';
import { GuardedExchange } from './guarded-exchange.ts';

/** Options of a guard. */
export interface HttpGuardOptions {
  /** Called with the record of every exchange when it is over. Must not throw. */
  readonly onRecord?: (record: TransactionRecord) => void;
}

/**
 * Wraps a handler for `createServer`. The handler is called when the request's head is released. Bodies of both directions
 * stream, with at most `holdWindowBytesMax` and 64 KiB undecided in each direction. A blocked exchange is answered in place of
 * the handler, or its connection is cut if the response has begun. The handler's interim responses (103) and reason phrases are
 * dropped.
 * @throws WafError `api.misuse` if the arguments are not an engine and a function; the listener throws it for a request that is
 * not HTTP/1.
 */
export function guardHttp(engine: Engine, handler: RequestListener, options: HttpGuardOptions = {}): RequestListener {
  if (typeof engine?.openExchange !== 'function') throw misuse('guardHttp needs an engine from createEngine');
  if (typeof handler !== 'function') throw misuse(`guardHttp needs a handler, got ${typeof handler}`);
  const { onRecord } = options;
  return (request, response) => {
    if (!(request instanceof IncomingMessage) || !(response instanceof ServerResponse)) {
      throw misuse('guardHttp accepts only requests of node:http and node:https');
    }
    new GuardedExchange(request, response, { engine, handler, onRecord });
  };
}
