// Bounds of the admin address: what it takes from those who ask, and what it shows. A part of the table of limits.

import type { Limit } from './limit.ts';

const KiB = 1024;

/** The rows. */
export const adminLimits = {
  adminConnectionsMax: {
    default: 64,
    unit: 'count',
    why: 'connections to the admin address; probes, Prometheus and people need a handful; for a further one the oldest that waits for no answer is closed',
  },
  adminHeaderBytesMax: { default: 16 * KiB, unit: 'bytes', why: 'head of a request to the admin address' },
  adminBodyBytesMax: {
    default: 4 * KiB,
    unit: 'bytes',
    why: 'body of a request to the admin address; a form with two short fields is all that is ever sent',
  },
  adminRequestMsMax: {
    default: 10_000,
    unit: 'ms',
    why: 'time for a request to the admin address to come, for its answer to be read, and between two of them',
  },
  logLevelMsMax: {
    default: 600_000,
    unit: 'ms',
    why: 'time for which a log level that was set by the admin address holds: debug lines must not fill a disk over the weekend',
  },
  metricRulesMax: {
    default: 200,
    unit: 'count',
    why: 'rules with a metric of their own, the most frequent ones; hits of all others are one',
  },
  metricCountedRulesMax: {
    default: 20_000,
    unit: 'count',
    why: 'rules whose hits are counted to find the most frequent ones; CRS has 700, and every reload may bring other ids',
  },
  metricLabelsMax: {
    default: 100,
    unit: 'count',
    why: 'values of any other label, such as profiles; what Weir names itself stays far below it',
  },
} as const satisfies Record<string, Limit>;
