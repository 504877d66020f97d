// Stops a peer that opens streams only to reset them (CVE-2023-44487). Envoy writes the first message together with the head of a
// stream, so each of its streams has carried bytes by its end, however early the client left; the streams of such a flood carry
// none. Node's own guard (reset-guard.ts) cannot tell the two apart: it must allow the resets that Envoy sends after its last
// reply. Knows no message.

import { constants, type Http2Session } from 'node:http2';
import { monotonicMs } from '../base/clock.ts';
import type { Limits } from '../base/limits.ts';

/** The bounds, for each connection. */
export type EmptyStreamLimits = Pick<Limits, 'emptyStreamBurst' | 'emptyStreamRate'>;

interface Bucket {
  left: number;
  atMs: number;
}

/** Counts the streams of each connection that ended without a byte of a message. */
export class EmptyStreams {
  readonly #limits: EmptyStreamLimits;
  readonly #buckets = new WeakMap<Http2Session, Bucket>();

  constructor(limits: EmptyStreamLimits) {
    this.#limits = limits;
  }

  /** A stream of this connection ended without a byte. Ends the connection (ENHANCE_YOUR_CALM) that has too many. */
  ended(session: Http2Session | undefined): void {
    if (session === undefined || session.destroyed) return;
    const { emptyStreamBurst, emptyStreamRate } = this.#limits;
    const now = monotonicMs();
    const bucket = this.#buckets.get(session) ?? { left: emptyStreamBurst, atMs: now };
    const refill = ((now - bucket.atMs) / 1000) * emptyStreamRate;
    bucket.left = Math.min(emptyStreamBurst, bucket.left + refill) - 1;
    bucket.atMs = now;
    this.#buckets.set(session, bucket);
    if (bucket.left >= 0) return;
    session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    session.destroy();
  }
}
