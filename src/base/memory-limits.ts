// Bounds of memory that open exchanges hold. Rows of the table of bounds.

import type { Limit } from './limit.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Part of `limitTable`. What an exchange holds is estimated from counts and lengths of what it remembers. */
export const memoryLimits = {
  memoryBytesMax: {
    default: 512 * MiB,
    unit: 'bytes',
    why: 'memory that all open exchanges hold, messages that have not come whole included, at most half of what V8 may use for objects (node --max-old-space-size). Beyond it the overload policy answers new ones and all that want to hold more, beyond three quarters of it those that hold over lightExchangeBytes',
  },
  exchangeMemoryBytesMax: {
    default: 16 * MiB,
    unit: 'bytes',
    why: 'memory that one direction of an exchange takes for fields, hits, matches and variables that are remembered; 55 KB of a query with an attack in each argument take 2 MiB',
  },
  lightExchangeBytes: {
    default: 64 * KiB,
    unit: 'bytes',
    why: 'an exchange that holds no more finds room when others have filled three quarters of memoryBytesMax: an ordinary one holds 24 to 40 KiB',
  },
} as const satisfies Record<string, Limit>;
