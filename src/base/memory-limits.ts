// Bounds of memory that open exchanges hold. Rows of the table of bounds.

import type { Limit } from './limit.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Part of `limitTable`. What an exchange holds is estimated from the counts and lengths of the data it keeps. */
export const memoryLimits = {
  memoryBytesMax: {
    default: 512 * MiB,
    unit: 'bytes',
    why: 'memory that all open exchanges hold, including messages that have not arrived completely; at most half of what V8 may use for objects (node --max-old-space-size). Above it the overload policy decides about new exchanges and all that need more memory; above three quarters of it, about those that hold more than lightExchangeBytes',
  },
  exchangeMemoryBytesMax: {
    default: 16 * MiB,
    unit: 'bytes',
    why: 'memory that one direction of an exchange takes for the fields, hits, matches and variables that are kept; 55 KB of a query with an attack in each argument take 2 MiB',
  },
  lightExchangeBytes: {
    default: 64 * KiB,
    unit: 'bytes',
    why: 'an exchange that holds no more than this is still admitted when others have filled three quarters of memoryBytesMax: an ordinary one holds 24 to 40 KiB',
  },
} as const satisfies Record<string, Limit>;
