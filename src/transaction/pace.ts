// How long the messages of an exchange may be held, by what their heads say. Knows no rules and no clocks.

import { foldAscii } from '../base/bytes.ts';
import type { Limits } from '../base/limits.ts';
import { firstValue, type HeaderList } from '../http/headers.ts';
import type { RequestHead, ResponseHead } from './inspection.ts';

/** Milliseconds that a message may be held; 0: it goes as soon as it was inspected. */
export type HoldMs = number;

/** Media types whose two ends talk while the message goes on: the other end waits for what we would hold. */
const interactiveTypes = ['application/grpc', 'text/event-stream', 'multipart/x-mixed-replace'];

function isInteractive(headers: HeaderList): boolean {
  const given = firstValue(headers, 'content-type');
  if (given === undefined) return false;
  const type = foldAscii(given);
  return interactiveTypes.some((prefix) => type.startsWith(prefix));
}

/**
 * Whether the request asks for a tunnel (CONNECT, or `Upgrade` named by `Connection`). What follows such a head has no
 * end, and its first bytes may wait for the answer: holding it would stop the handshake. It is inspected all the same,
 * since any client can write these headers on an ordinary request.
 */
export function asksForTunnel(head: RequestHead): boolean {
  if (head.method === 'CONNECT') return true;
  if (firstValue(head.headers, 'upgrade') === undefined) return false;
  return head.headers.some(({ name, value }) => name === 'connection' && foldAscii(value).includes('upgrade'));
}

/** How long parts of a request may be held. */
export function requestHoldMs(head: RequestHead, limits: Limits): HoldMs {
  if (asksForTunnel(head)) return 0;
  return isInteractive(head.headers) ? limits.interactiveHoldMsMax : limits.holdMsMax;
}

/** How long parts of a response may be held. `request` is absent when it never came. */
export function responseHoldMs(head: ResponseHead, request: RequestHead | undefined, limits: Limits): HoldMs {
  if (head.status === 101 || (request !== undefined && asksForTunnel(request))) return 0;
  return isInteractive(head.headers) ? limits.interactiveHoldMsMax : limits.responseHoldMsMax;
}
