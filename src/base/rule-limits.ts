// Bounds of rules: what a load may take, and what rules may keep of an exchange. Rows of the table of bounds.

import type { Limit } from './limit.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Part of `limitTable`. */
export const ruleLimits = {
  collectionsMax: {
    default: 10_000,
    unit: 'count',
    why: 'collections such as IP or SESSION kept between exchanges; the one unused for longest gives way',
  },
  collectionsBytesMax: {
    default: 64 * MiB,
    unit: 'bytes',
    why: 'keys, names and values of all of them together, since rules may keep what clients send',
  },
  collectionNamesMax: { default: 256, unit: 'count', why: 'variables of one collection that outlives its exchange' },
  numberBytesMax: {
    default: 256,
    unit: 'bytes',
    why: 'longest match of the pattern of @verifyCC and its like: so much of a value that passes by is kept for it',
  },
  redirectBytesMax: {
    default: 8 * KiB,
    unit: 'bytes',
    why: 'URL of a redirect with macros expanded; a longer one is not sent, the exchange is denied without it',
  },
  txNamesMax: {
    default: 20_000,
    unit: 'count',
    why: 'TX variables of one exchange: rules may name them after what a client sends',
  },
  txBytesMax: {
    default: 2 * MiB,
    unit: 'bytes',
    why: 'names and texts that rules keep in TX for one exchange, captures among them, and as much again in ENV',
  },
  macroBytesMax: {
    default: 64 * KiB,
    unit: 'bytes',
    why: 'text that one macro becomes: a rule can put a variable into itself, which doubles it for each value that matches',
  },
  macroWorkBytesMax: {
    default: 4 * MiB,
    unit: 'bytes',
    why: 'text of one exchange that names, values and arguments with macros become, and that is compared or kept; CRS at its highest level makes 60 bytes an argument',
  },
  includeDepthMax: { default: 16, unit: 'count', why: 'Include inside Include' },
  ruleFilesMax: {
    default: 4_096,
    unit: 'count',
    why: 'files of one load, includes counted; ends includes that multiply',
  },
  statementsMax: {
    default: 50_000,
    unit: 'count',
    why: 'rules and directives of one load, chains counted once: some are compared with each other. CRS 4.28 has 700',
  },
  ruleFileBytesMax: { default: 16 * MiB, unit: 'bytes', why: 'one .conf or .data file; CRS is 0.9 MB in all' },
  ruleBytesMax: {
    default: 64 * MiB,
    unit: 'bytes',
    why: 'all files of one load, each as often as it is read; a load takes some ten times as much memory',
  },
  translationsMax: {
    default: 20_000,
    unit: 'count',
    why: 'translated patterns kept for the next start; CRS has 318',
  },
  translationFileBytesMax: {
    default: 64 * MiB,
    unit: 'bytes',
    why: 'the file of translated patterns; a larger one is not read. That of CRS has 0.7 MB',
  },
} as const satisfies Record<string, Limit>;
