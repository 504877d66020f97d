// One direction of an exchange: its state, what is held of it and since when. Knows no rules.

import { WafError } from '../base/errors.ts';
import type { Limits } from '../base/limits.ts';
import { firstValue, type HeaderList } from '../http/headers.ts';
import type { Delivery } from './event.ts';
import type { HoldPolicy } from './hold-policy.ts';
import { HoldQueue } from './hold-queue.ts';
import { type Direction, type DirectionPhase, type PhaseChange, phaseAfter } from './phase.ts';

/** State of one direction. */
export class HeldSide {
  readonly direction: Direction;
  readonly delivery: Delivery;
  readonly queue: HoldQueue;
  #phase: DirectionPhase = 'before-head';
  #passesFor: string | undefined;
  #holdPolicy: HoldPolicy = { holdMs: 0, flow: 'at-once' };
  #contentLength: string | undefined;

  constructor(direction: Direction, delivery: Delivery, limits: Limits) {
    this.direction = direction;
    this.delivery = delivery;
    this.queue = new HoldQueue({
      delivery,
      windowBytesMax: limits.holdWindowBytesMax,
      messagesMax: limits.heldMessagesMax,
      openPartBytesMax: limits.fieldCollectBytesMax,
    });
  }

  get phase(): DirectionPhase {
    return this.#phase;
  }

  get isRequest(): boolean {
    return this.direction === 'request';
  }

  /** Whether body bytes reach us in this direction. */
  get hasBody(): boolean {
    return this.delivery.body !== 'none';
  }

  /** Takes the head. */
  begin(headers: HeaderList, holdPolicy: HoldPolicy): void {
    this.#change('begin');
    this.#holdPolicy = holdPolicy;
    this.#contentLength = firstValue(headers, 'content-length');
    this.queue.push({ isHead: true, bytes: 0 });
    if (holdPolicy.flow === 'at-once') this.queue.flow();
  }

  /** Takes a part of the body, or the trailers (0 bytes). */
  push(bytes: number): void {
    this.queue.push({ isHead: false, bytes });
    if (this.#holdPolicy.flow === 'with-body') this.queue.flow();
  }

  /** Whether bytes pass uninspected. */
  get passes(): boolean {
    return this.#passesFor !== undefined;
  }

  /** The cause under which uninspected bytes are counted. */
  get uninspectedCause(): string {
    return this.#passesFor ?? `${this.direction}-after-end`;
  }

  /** From now on bytes pass uninspected, for a cause. */
  pass(cause: 'failure-policy' | 'response-without-request'): void {
    this.#passesFor = cause;
    this.queue.clear();
  }

  /** The other direction began without it: no part of it will come. */
  skip(): void {
    this.#change('skip');
  }

  /** The message is complete. */
  end(): void {
    this.#change('end');
    this.queue.clear();
  }

  /**
   * Whether the body is complete although its last chunk does not say so, because trailers follow: it has the length that its
   * head declares.
   */
  get isBodyComplete(): boolean {
    return this.#contentLength === String(this.queue.receivedBytes);
  }

  /** Whether the message came to its end and every part of it was answered. */
  get isAnswered(): boolean {
    return this.#phase === 'ended' && this.queue.oldestMs === undefined;
  }

  /** When the oldest held message has been held for its time, monotonic ms; undefined: none is held, or messages flow. */
  get holdDeadlineMs(): number | undefined {
    const oldest = this.queue.oldestMs;
    return oldest === undefined || this.queue.flows ? undefined : oldest + this.#holdPolicy.holdMs;
  }

  /** @throws WafError `internal` for a change that its state does not allow. */
  #change(change: PhaseChange): void {
    const phase = phaseAfter[this.#phase][change];
    if (phase === undefined) throw new WafError('internal', `${change} of a ${this.direction} that is ${this.#phase}`);
    this.#phase = phase;
  }
}
