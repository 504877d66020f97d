// Bounds of the admin address: what it accepts from clients, and what it shows. A part of the table of limits.

import type { Limit } from './limit.ts';

const KiB = 1024;

/** The rows. */
export const adminLimits = {
  adminConnectionsMax: {
    default: 64,
    unit: 'count',
    why: 'connections to the admin address; probes, Prometheus and people need a handful; above this the oldest connection without a pending request is closed',
  },
  adminHeaderBytesMax: { default: 16 * KiB, unit: 'bytes', why: 'head of a request to the admin address' },
  adminBodyBytesMax: {
    default: 4 * KiB,
    unit: 'bytes',
    why: 'body of a request to the admin address; the only bodies sent are forms with two short fields',
  },
  adminRequestMsMax: {
    default: 10_000,
    unit: 'ms',
    why: 'time for a request to the admin address to arrive, for its response to be read, and between two requests',
  },
  logLevelMsMax: {
    default: 600_000,
    unit: 'ms',
    why: 'time for which a log level set at the admin address applies: debug lines must not fill a disk over the weekend',
  },
  metricRulesMax: {
    default: 200,
    unit: 'count',
    why: 'rules with a metric of their own, the most frequent ones; hits of all others are added up in one',
  },
  metricCountedRulesMax: {
    default: 20_000,
    unit: 'count',
    why: 'rules whose hits are counted to find the most frequent ones; CRS has 700, and every reload may bring other ids',
  },
  metricLabelsMax: {
    default: 100,
    unit: 'count',
    why: 'values of any other label, such as profiles; the names that Weir chooses itself stay far below it',
  },
} as const satisfies Record<string, Limit>;
