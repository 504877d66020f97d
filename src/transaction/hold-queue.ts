// The unanswered messages of one direction, oldest first, and which of them may be answered. Knows sizes and times, no rules and
// no bytes.

import { monotonicMs } from '../base/clock.ts';
import type { Delivery } from './event.ts';

/**
 * When messages are released. `hold`: as described at `HoldQueue`. `flow`: none is held longer than its inspection takes. `open`:
 * there is a verdict, or none is needed, and all are released. A queue changes its mode in this order only.
 */
type HoldMode = 'hold' | 'flow' | 'open';

interface Held {
  readonly isHead: boolean;
  /** Offset of the body at which this message ends. */
  readonly end: number;
  readonly sinceMs: number;
}

/** Limits of what is held. */
export interface HoldOptions {
  readonly delivery: Delivery;
  /** Body bytes that may be held before the oldest are released. */
  readonly windowBytesMax: number;
  /** Messages that may be held before the oldest are released: a sender of tiny chunks must not cost us memory. */
  readonly messagesMax: number;
  /** Bytes at the end of a message that fills the proxy's buffer which no rule saw; a longer part is held whatever comes. */
  readonly openPartBytesMax: number;
}

/**
 * Counts the messages whose replies are held, and releases them in order of arrival, each once.
 *
 * While a direction's verdict is open a message is held until `windowBytesMax` newer bytes have come after it or it has
 * been held for its time (`flow`), and even then it goes only when all of its bytes were inspected and evaluated.
 * Messages for which the proxy waits before it sends more are released as soon as that holds.
 */
export class HoldQueue {
  readonly #options: HoldOptions;
  readonly #held: Held[] = [];
  #receivedBytes = 0;
  #releasedBytes = 0;
  #newestMs = 0;
  #partCount = 0;
  #mode: HoldMode = 'hold';
  #headIsOut = false;

  constructor(options: HoldOptions) {
    this.#options = options;
  }

  /** Body bytes received. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Whether the newest message is the first after the head. */
  get isFirstOfBody(): boolean {
    return this.#partCount === 1;
  }

  /** Body bytes whose replies are withheld. */
  get heldBytes(): number {
    return this.#receivedBytes - this.#releasedBytes;
  }

  /** Whether the head was released. */
  get headIsOut(): boolean {
    return this.#headIsOut;
  }

  /** Whether messages are released as soon as they are inspected. */
  get flows(): boolean {
    return this.#mode !== 'hold';
  }

  /** When the oldest held message arrived, in monotonic milliseconds; undefined when none is held. */
  get oldestMs(): number | undefined {
    return this.#held[0]?.sinceMs;
  }

  /** When the newest message arrived, held or not, in monotonic milliseconds. */
  get newestMs(): number {
    return this.#newestMs;
  }

  /** Adds a message that has arrived: the head, or a part of `bytes` body bytes (0 for trailers). */
  push(part: { readonly isHead: boolean; readonly bytes: number }): void {
    this.#receivedBytes += part.bytes;
    this.#newestMs = monotonicMs();
    if (!part.isHead) this.#partCount += 1;
    this.#held.push({ isHead: part.isHead, end: this.#receivedBytes, sinceMs: this.#newestMs });
  }

  /** From now on messages are released as soon as they are inspected. */
  flow(): void {
    if (this.#mode === 'hold') this.#mode = 'flow';
  }

  /** There is a verdict, or none is needed: everything may be released, now and later. */
  clear(): void {
    this.#mode = 'open';
  }

  /**
   * Offset up to which the body must be evaluated before the oldest messages that are due can be released; 0 if none is due. The
   * caller may evaluate that far, and then calls `release`.
   */
  get wantedBytes(): number {
    if (this.#mode === 'open') return 0;
    if (this.#mode === 'flow' || this.#options.delivery.body !== 'chunks') return this.#receivedBytes;
    let due = 0;
    for (let index = 0; index < this.#held.length && this.#isOver(due, index); index += 1) {
      due = (this.#held[index] as Held).end;
    }
    return due;
  }

  /** Removes the oldest messages that may be released and returns their number. `evaluatedBytes`: body bytes [0, n) were inspected and evaluated. */
  release(evaluatedBytes: number): number {
    let count = 0;
    const releasableBytes = this.#releasableBytes(evaluatedBytes);
    for (const held of this.#held) {
      if (!this.#mayGo(held, count, releasableBytes)) break;
      if (held.isHead) this.#headIsOut = true;
      this.#releasedBytes = held.end;
      count += 1;
    }
    if (count > 0) this.#held.splice(0, count);
    return count;
  }

  /**
   * Body bytes `[0, n)` may be released. If more than the hold window is held, it is released even if its end is undecided: the
   * proxy's buffer is full, so it would send nothing more, and the awaited end would never arrive.
   */
  #releasableBytes(evaluatedBytes: number): number {
    const { windowBytesMax, openPartBytesMax } = this.#options;
    const isFull = this.#receivedBytes - this.#releasedBytes > windowBytesMax;
    return isFull && this.#receivedBytes - evaluatedBytes <= openPartBytesMax ? this.#receivedBytes : evaluatedBytes;
  }

  #mayGo(held: Held, releasedCount: number, evaluatedBytes: number): boolean {
    if (this.#mode === 'open') return true;
    const { delivery } = this.#options;
    const isWaitedFor = held.isHead ? !delivery.holdsHead : delivery.body !== 'chunks';
    const isDue = isWaitedFor || this.#mode === 'flow' || this.#isOver(this.#releasedBytes, releasedCount);
    return isDue && held.end <= evaluatedBytes;
  }

  /** Whether too much would still be held after releasing `count` messages, which end at offset `end`. */
  #isOver(end: number, count: number): boolean {
    const { windowBytesMax, messagesMax } = this.#options;
    return this.#receivedBytes - end > windowBytesMax || this.#held.length - count > messagesMax;
  }
}
