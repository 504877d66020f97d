// Bounds of what candidates may cost that run beside the live rules. A part of the table of limits.

import type { Limit } from './limit.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Part of `limitTable`. */
export const shadowLimits = {
  shadowExchangesMax: {
    default: 64,
    unit: 'count',
    why: 'exchanges that a shadow inspects at a time, those that are over for the client included; further ones it does not see',
  },
  shadowBytesMax: {
    default: 16 * MiB,
    unit: 'bytes',
    why: 'copies of body bytes that wait for shadows; above it the exchange that would need more is not seen to its end',
  },
  shadowTurnWorkMax: {
    default: 64 * KiB,
    unit: 'work',
    why: 'what a shadow does at a time before the live rules may go on: some 0.1 ms, the longest that it keeps an exchange waiting',
  },
  shadowExamplesMax: {
    default: 20,
    unit: 'count',
    why: 'exchanges that live and candidate rules judge differently that the admin address shows, the last ones',
  },
  shadowLogMs: {
    default: 1_000,
    unit: 'ms',
    why: 'at most one exchange that live and candidate rules judge differently is logged for each such time',
  },
} as const satisfies Record<string, Limit>;
