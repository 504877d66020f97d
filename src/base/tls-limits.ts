// Bounds of TLS handshakes on the addresses for Envoy. A part of the table of limits.

import type { Limit } from './limit.ts';

/** Part of `limitTable`. */
export const tlsLimits = {
  tlsHandshakeMsMax: {
    default: 10_000,
    unit: 'ms',
    why: 'time for the TLS handshake of a connection, checked once a second with the native transport; Envoy needs two round trips, and gives up after its connect_timeout (5 s by default)',
  },
  tlsHandshakesMax: {
    default: 1_000,
    unit: 'count',
    why: 'unfinished TLS handshakes at the same time with the native transport; further connections are closed at once. Each holds about 50 KiB, and Envoy has one for each of its threads and clusters',
  },
  tlsFailureLogMs: {
    default: 10_000,
    unit: 'ms',
    why: 'at most one failed TLS handshake is logged in this time, with the number of those that were not',
  },
} as const satisfies Record<string, Limit>;
