// Puts an engine in front of the handler of an HTTP server: a function, or an application that is one, as Express makes. The handler
// gets a request and a response of its own, so nothing reaches it, or the client, but what was released.

import { IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import { misuse } from '../transaction/checked-inspection.ts';
import type { TransactionRecord } from '../transaction/record.ts';
import type { Engine } from './engine.ts';
import { GuardedExchange } from './guarded-exchange.ts';

/** What may be asked of a guard. */
export interface HttpGuardOptions {
  /** Told of every exchange when it is over. Must not throw. */
  readonly onRecord?: (record: TransactionRecord) => void;
}

/**
 * The handler behind the engine, for `createServer`. It is called when the request's head is released; bodies of both directions
 * stream through, at most `holdWindowBytesMax` and 64 KiB of each undecided. A blocked exchange is answered in the handler's place, or
 * its connection is cut when the response has begun. Interim responses (103) and reason phrases of the handler are dropped.
 * @throws WafError `api.misuse` for what is not an engine or not a function; the listener, for a request that is not of HTTP/1.
 */
export function guardHttp(engine: Engine, handler: RequestListener, options: HttpGuardOptions = {}): RequestListener {
  if (typeof engine?.openExchange !== 'function') throw misuse('guardHttp needs an engine, as createEngine makes it');
  if (typeof handler !== 'function') throw misuse(`guardHttp needs a handler, got ${typeof handler}`);
  const { onRecord } = options;
  return (request, response) => {
    if (!(request instanceof IncomingMessage) || !(response instanceof ServerResponse)) {
      throw misuse('guardHttp takes the requests of node:http and node:https');
    }
    new GuardedExchange(request, response, { engine, handler, onRecord });
  };
}
