// How long the messages of an exchange may be held, derived from their heads. Knows no rules and no clocks.

import { foldAscii } from '../base/bytes.ts';
import type { Limits } from '../base/limits.ts';
import { allValues, firstValue, type HeaderList } from '../http/headers.ts';
import type { RequestHead, ResponseHead } from './inspection.ts';

/**
 * When held messages are released before there is a verdict.
 * - `after-hold`: each after `holdMs`, or when too much is held.
 * - `with-body`: as soon as they have been inspected and evaluated; the head waits at most `holdMs` for the first part of the
 *   body.
 * - `at-once`: as soon as they have been inspected and evaluated.
 */
export interface HoldPolicy {
  readonly holdMs: number;
  readonly flow: 'after-hold' | 'with-body' | 'at-once';
}

const unheld: HoldPolicy = { holdMs: 0, flow: 'at-once' };

/** Media types of a conversation while the message is sent: the other end waits for what we would hold. */
const interactiveTypes = ['application/grpc', 'text/event-stream', 'multipart/x-mixed-replace'];

/**
 * Whether a message's head says that holding its body would stall it. Either both ends converse, or trailers are announced: a
 * streaming proxy sends us trailers only when all earlier chunks have been answered.
 */
function isInteractive(headers: HeaderList): boolean {
  if (firstValue(headers, 'trailer') !== undefined) return true;
  const given = firstValue(headers, 'content-type');
  if (given === undefined) return false;
  const type = foldAscii(given);
  return interactiveTypes.some((prefix) => type.startsWith(prefix));
}

/**
 * Whether the request asks for a tunnel (CONNECT, or `Upgrade` named by `Connection`). What follows such a head has no end, and
 * its first bytes may wait for the answer: holding it would stop the handshake. It is still inspected, because any client can add
 * these headers to an ordinary request.
 */
export function asksForTunnel(head: RequestHead): boolean {
  if (head.method === 'CONNECT') return true;
  if (firstValue(head.headers, 'upgrade') === undefined) return false;
  return allValues(head.headers, 'connection').some((value) => foldAscii(value).includes('upgrade'));
}

/** How parts of a request may be held. */
export function requestHoldPolicy(head: RequestHead, limits: Limits): HoldPolicy {
  return asksForTunnel(head) ? unheld : paceOf(head.headers, limits.holdMsMax, limits);
}

/** How parts of a response may be held. `request` is absent if there was none. */
export function responseHoldPolicy(head: ResponseHead, request: RequestHead | undefined, limits: Limits): HoldPolicy {
  if (head.status === 101 || (request !== undefined && asksForTunnel(request))) return unheld;
  return paceOf(head.headers, limits.responseHoldMsMax, limits);
}

function paceOf(headers: HeaderList, holdMs: number, limits: Limits): HoldPolicy {
  if (!isInteractive(headers)) return { holdMs, flow: 'after-hold' };
  return { holdMs: Math.min(holdMs, limits.interactiveHoldMsMax), flow: 'with-body' };
}
