// Puts an engine in front of a listener for requests that turn a connection into something else (WebSocket, CONNECT), which a server
// gives to nobody else. Inspects their heads; what follows has no form that is known here.

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
 * The listener behind the engine, for `server.on('upgrade', …)` and `server.on('connect', …)`. It is called when the request's head is
 * released; a blocked request is answered in its place, and its connection closed. What comes over the connection after that is not
 * inspected.
 * @throws WafError `api.misuse` for what is not an engine or not a function.
 */
export function guardUpgrade(
  engine: Engine,
  listener: UpgradeListener,
  { onRecord }: HttpGuardOptions = {},
): UpgradeListener {
  if (typeof engine?.openExchange !== 'function')
    throw misuse('guardUpgrade needs an engine, as createEngine makes it');
  if (typeof listener !== 'function') throw misuse(`guardUpgrade needs a listener, got ${typeof listener}`);
  return (request, socket, head) => {
    const exchange = openedBy(engine);
    // Node listens no more, and the listener does not yet: a client that goes away would end the process.
    const ignore = (): void => undefined;
    socket.on('error', ignore);
    const follow = (decision: Decision): void => {
      if (decision.kind === 'block') refuse(socket, decision, request.headers.accept);
      else if (!socket.destroyed) {
        // What the listener throws is the process's affair, as it is without a guard.
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
