// The replies that a transport owes for the messages of one exchange. A transaction only counts the messages it has taken and says
// how many may be answered; which reply that is, and how it is encoded, only the transport knows. Knows no message.

import type { Release } from './event.ts';
import type { Direction } from './phase.ts';

/**
 * Replies in the order in which their messages came, per direction. As many are kept as the transaction holds messages
 * (`heldMessagesMax`, and those that are not yet inspected).
 */
export class PendingReplies<Reply> {
  /** Undefined: nothing more is answered. */
  #owed: Readonly<Record<Direction, Reply[]>> | undefined = { request: [], response: [] };

  /** A message has arrived for which `reply` is owed. Ignored after `close`. */
  add(direction: Direction, reply: Reply): void {
    this.#owed?.[direction].push(reply);
  }

  /** Removes and returns what a step answers: the oldest of the request, then the oldest of the response. */
  take({ requestCount, responseCount }: Release): Reply[] {
    if (this.#owed === undefined) return [];
    const { request, response } = this.#owed;
    if (responseCount === 0) return request.splice(0, requestCount);
    return requestCount === 0
      ? response.splice(0, responseCount)
      : [...request.splice(0, requestCount), ...response.splice(0, responseCount)];
  }

  /** Removes and returns all that is owed, in the same order. */
  takeAll(): Reply[] {
    return this.take({ kind: 'release', requestCount: Infinity, responseCount: Infinity });
  }

  /** Nothing more is answered, and nothing kept. */
  close(): void {
    this.#owed = undefined;
  }
}
