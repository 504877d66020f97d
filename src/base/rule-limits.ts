// Bounds of rules: what a load may cost, and what rules may keep of an exchange. Rows of the table of bounds.

import type { Limit } from './limit.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Part of `limitTable`. */
export const ruleLimits = {
  collectionsMax: {
    default: 10_000,
    unit: 'count',
    why: 'collections such as IP or SESSION kept between exchanges; the least recently used is evicted',
  },
  collectionsBytesMax: {
    default: 64 * MiB,
    unit: 'bytes',
    why: 'keys, names and values of all collections together, because rules may keep what clients send',
  },
  collectionNamesMax: { default: 256, unit: 'count', why: 'variables of one collection that outlives its exchange' },
  redirectBytesMax: {
    default: 8 * KiB,
    unit: 'bytes',
    why: 'URL of a redirect with macros expanded; a longer one is not sent, and the exchange is denied without it',
  },
  txNamesMax: {
    default: 20_000,
    unit: 'count',
    why: 'TX variables of one exchange: rules may take their names from what a client sends',
  },
  txBytesMax: {
    default: 2 * MiB,
    unit: 'bytes',
    why: 'names and texts, captures included, that rules keep in TX for one exchange, and the same amount again in ENV',
  },
  macroBytesMax: {
    default: 64 * KiB,
    unit: 'bytes',
    why: 'text that one macro expands to: a rule can append a variable to itself, which doubles it for each value that matches',
  },
  macroWorkBytesMax: {
    default: 4 * MiB,
    unit: 'bytes',
    why: 'text of one exchange that macros in names, values and arguments expand to, and that is compared or kept; CRS at its highest level makes 60 bytes per argument',
  },
} as const satisfies Record<string, Limit>;
