// One direction of an exchange: where it stands, what of it is held and since when. Knows no rules.

import type { Limits } from '../base/limits.ts';
import { firstValue, type HeaderList } from '../http/headers.ts';
import type { Delivery, Direction } from './event.ts';
import { HoldQueue } from './hold-queue.ts';
import type { HoldMs } from './pace.ts';
import type { DirectionPhase } from './phase.ts';

/** State of one direction. */
export class Half<Ticket> {
  readonly direction: Direction;
  readonly delivery: Delivery;
  readonly queue: HoldQueue<Ticket>;
  phase: DirectionPhase = 'before-head';
  #holdMs: HoldMs = 0;
  #contentLength: string | undefined;
  #hasReported = false;

  constructor(direction: Direction, delivery: Delivery, limits: Limits) {
    this.direction = direction;
    this.delivery = delivery;
    this.queue = new HoldQueue({
      delivery,
      windowBytesMax: limits.holdWindowBytesMax,
      messagesMax: limits.heldMessagesMax,
    });
  }

  get isRequest(): boolean {
    return this.direction === 'request';
  }

  /** Whether body bytes reach us in this direction. */
  get hasBody(): boolean {
    return this.delivery.body !== 'none';
  }

  /** Takes the head. `holdMs`: how long parts of this message may be held. */
  begin(headers: HeaderList, ticket: Ticket, holdMs: HoldMs): void {
    this.phase = 'in-body';
    this.#holdMs = holdMs;
    this.#contentLength = firstValue(headers, 'content-length');
    this.queue.push(ticket, { isHead: true, bytes: 0 });
    if (holdMs === 0) this.queue.flow();
  }

  /** The message is complete. */
  end(): void {
    this.phase = 'ended';
    this.queue.clear();
  }

  /**
   * Whether a body that is delivered as one chunk is all there although the chunk does not say so, because trailers
   * follow it: its length is the one that its head declares.
   */
  get isCompleteByLength(): boolean {
    return this.delivery.body === 'prefix' && this.#contentLength === String(this.queue.receivedBytes);
  }

  /** When the oldest held message has been held for its time, monotonic ms; undefined: none is held. */
  get holdDueMs(): number | undefined {
    const oldest = this.queue.oldestMs;
    return oldest === undefined ? undefined : oldest + this.#holdMs;
  }

  /** True once: when the direction's verdict is in and its last answers go. */
  reportsNow(): boolean {
    if (this.#hasReported || this.phase !== 'ended') return false;
    this.#hasReported = true;
    return true;
  }
}
