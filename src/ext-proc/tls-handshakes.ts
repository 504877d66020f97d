// Results of TLS handshakes: counted, and occasionally a failed one is reported. Anyone who can reach the port can make them
// fail, so nothing they sent is reported. Knows no socket.

import { monotonicMs } from '../base/clock.ts';
import type { Limits } from '../base/limits.ts';

/**
 * How a handshake ends; each one's index is its number in native/server/tls_stream.h.
 * - `certificate`: the peer presented none, or one that is not accepted.
 * - `refused`: the peer did not accept ours, and said so.
 * - `protocol`: it does not speak TLS, or has no version or cipher in common with us, or no HTTP/2.
 * - `timeout`: it took longer than `tlsHandshakeMsMax`.
 * - `too-many`: `tlsHandshakesMax` were unfinished.
 * - `gone`: the peer left, as probes of a port do.
 */
export const handshakeResults = ['ok', 'certificate', 'refused', 'protocol', 'timeout', 'too-many', 'gone'] as const;

/** One of them. */
export type HandshakeResult = (typeof handshakeResults)[number];

/** A handshake that failed, fit for a log. */
export interface HandshakeFailure {
  readonly result: Exclude<HandshakeResult, 'ok'>;
  /** The message of the TLS library. */
  readonly reason: string;
  /** Of the peer; '' when it is not known any more. */
  readonly address: string;
  /** Failures since the last one that was reported. */
  readonly untold: number;
}

/** Limit of a TLS library's message: its own words and names, no bytes from the peer. */
const reasonBytesMax = 100;

/** Counts of handshakes. */
export class TlsHandshakes {
  /** How many ended with each result. */
  readonly counts: Readonly<Record<HandshakeResult, number>>;
  readonly #counts: Record<HandshakeResult, number>;
  readonly #limits: Pick<Limits, 'tlsFailureLogMs'>;
  readonly #onFailure: (failure: HandshakeFailure) => void;
  #toldMs = -Infinity;
  #untold = 0;

  /** @param onFailure called with at most one failure per `tlsFailureLogMs`, and never for a peer that left. Must not throw. */
  constructor(limits: Pick<Limits, 'tlsFailureLogMs'>, onFailure: (failure: HandshakeFailure) => void) {
    this.#limits = limits;
    this.#onFailure = onFailure;
    this.#counts = { ok: 0, certificate: 0, refused: 0, protocol: 0, timeout: 0, 'too-many': 0, gone: 0 };
    this.counts = this.#counts;
  }

  /** A handshake has ended. @param reason in the TLS library's words. @param address of the peer, where it is known. */
  ended(result: HandshakeResult, reason = '', address = ''): void {
    this.#counts[result] += 1;
    if (result === 'ok' || result === 'gone') return;
    const now = monotonicMs();
    if (now - this.#toldMs < this.#limits.tlsFailureLogMs) {
      this.#untold += 1;
      return;
    }
    this.#toldMs = now;
    this.#onFailure({ result, reason: reason.slice(0, reasonBytesMax), address, untold: this.#untold });
    this.#untold = 0;
  }
}
