// UTF-16 units → UTF-8: joins the two halves of a pair, and passes on a lone half. Knows no escape and no charset.

import { type ByteReceiver, writeUtf8 } from './utf8.ts';

/** Writes the bytes of units, one after the other, to a receiver. */
export class SurrogatePairs {
  readonly #receiver: ByteReceiver;
  /** A high surrogate that waits for its low one; 0 if there is none. */
  #high = 0;

  constructor(receiver: ByteReceiver) {
    this.#receiver = receiver;
  }

  /** Whether a half waits for the other. */
  get isWaiting(): boolean {
    return this.#high !== 0;
  }

  /** Takes a unit, or a whole code point (0–0x10FFFF). */
  take(unit: number): void {
    const high = this.#high;
    if (high !== 0 && unit >= 0xdc00 && unit <= 0xdfff) {
      this.#high = 0;
      writeUtf8(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00), this.#receiver);
      return;
    }
    this.flush();
    if (unit >= 0xd800 && unit <= 0xdbff) this.#high = unit;
    else writeUtf8(unit, this.#receiver);
  }

  /** Nothing more of a pair follows: a pending half is passed on alone, as `writeUtf8` does. */
  flush(): void {
    const high = this.#high;
    if (high === 0) return;
    this.#high = 0;
    writeUtf8(high, this.#receiver);
  }
}
