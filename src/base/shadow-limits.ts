// Bounds of the cost of candidate rules that run next to the live ones. A part of the table of limits.

import type { Limit } from './limit.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Part of `limitTable`. */
export const shadowLimits = {
  shadowExchangesMax: {
    default: 64,
    unit: 'count',
    why: 'exchanges that a shadow inspects at the same time, including those that are over for the client; it skips further ones',
  },
  shadowBytesMax: {
    default: 16 * MiB,
    unit: 'bytes',
    why: 'copies of body bytes that wait for shadows; above it the exchange that would need more is inspected only up to there',
  },
  shadowTurnWorkMax: {
    default: 64 * KiB,
    unit: 'work',
    why: 'work of a shadow before the live rules have their turn again: about 0.1 ms, the longest that it keeps an exchange waiting',
  },
  shadowExamplesMax: {
    default: 20,
    unit: 'count',
    why: 'the latest exchanges with different verdicts of live and candidate rules, shown at the admin address',
  },
  shadowLogMs: {
    default: 1_000,
    unit: 'ms',
    why: 'at most one exchange with different verdicts of live and candidate rules is logged in this time',
  },
} as const satisfies Record<string, Limit>;
