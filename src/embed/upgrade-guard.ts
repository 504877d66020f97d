// Puts an engine in front of a listener for requests that turn a connection into something else (WebSocket, CONNECT); a server
// passes these to no other handler. Inspects their heads; the protocol that follows is unknown.

import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { acceptsJson, blockPage } from '../ext-proc/block-page.ts';
import { misuse } from '../transaction/checked-inspection.ts';
import type { Engine } from './engine.ts';
import type { Decision } from './exchange.ts';
import { type Block, openedBy, undecided } from './guarded-exchange.ts';
import { headOf } from './guarded-request.ts';
import type { HttpGuardOptions } from './http-guard.ts';

/** A listener for `upgrade` or `connect` of a server of node:http. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Wraps a listener, for `server.on('upgrade', …)` and `server.on('connect', …)`. The listener is called when the request's head
 * is released; a blocked request is answered in its place, and its connection closed. What the connection carries afterwards is
 * not inspected.
 * @throws WafError `api.misuse` if the arguments are not an engine and a function.
 */
export function guardUpgrade(
  engine: Engine,
  listener: UpgradeListener,
  { onRecord }: HttpGuardOptions = {},
): UpgradeListener {
  if (typeof engine?.openExchange !== 'function') throw misuse('guardUpgrade needs an engine from createEngine');
  if (typeof listener !== 'function') throw misuse(`guardUpgrade needs a listener, got ${typeof listener}`);
  return (request, socket, head) => {
    const exchange = openedBy(engine);
    // Node no longer listens for errors, and the listener does not yet: a client that disconnects would end the process.
    const ignore = (): void => undefined;
    socket.on('error', ignore);
    const follow = (decision: Decision): void => {
      if (decision.kind === 'block') refuse(socket, decision, request.headers.accept);
      else if (!socket.destroyed) {
        // Errors thrown by the listener reach the process, as without a guard.
        process.nextTick(() => {
          socket.off('error', ignore);
          listener(request, socket, head);
        });
      }
      exchange?.close().then(onRecord);
    };
    const decided = new Promise<Decision>((resolve) => {
      resolve(exchange === undefined ? undecided() : exchange.requestHead(headOf(request), true));
    });
    decided.then(follow, () => follow(undecided()));
  };
}

function refuse(socket: Duplex, { status, location, requestId }: Block, accept: string | undefined): void {
  const { contentType, body } = blockPage(requestId, acceptsJson(accept) ? 'json' : 'html');
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `content-type: ${contentType}`,
    `content-length: ${body.length}`,
    ...(location === undefined ? [] : [`location: ${location}`]),
    'connection: close',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  socket.end(body, () => socket.destroy());
}
