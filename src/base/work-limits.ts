// Bounds of work: how much a message may take, and how much is done in one turn of the event loop. Rows of the table of bounds.

import type { Limit } from './limit.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Part of `limitTable`. A unit of work is about one byte given to one scan (native/engine/work.h). */
export const workLimits = {
  pieceBytes: {
    default: 4 * KiB,
    unit: 'bytes',
    why: 'body bytes decoded before checking whether the turn of the event loop is over; fewer while they are expensive',
  },
  scanWorkMax: {
    default: 8 * MiB,
    unit: 'work',
    why: 'work granted for inspecting one direction of an exchange in any case, in units of about one byte given to one scan; about 0.05 s. A name that a decoder builds from many keys is scanned whole for each value',
  },
  scanWorkRatioMax: {
    default: 512,
    unit: 'ratio',
    why: 'units of work granted in addition for each decoded byte, stride by stride: text and ordinary JSON take 10 to 50, lists of digits 200, and 400 under a long or non-ASCII name',
  },
  codedWorkRatioMax: {
    default: 16 * KiB,
    unit: 'ratio',
    why: 'the same for each byte sent of a body with a content encoding, at most: a KiB can stand for a MiB. JSON that shrinks to a twentieth takes 1,000; identical rows that shrink to 1/260 take 10,000',
  },
  turnWorkMax: {
    default: 256 * KiB,
    unit: 'work',
    why: 'work of all exchanges in one turn of the event loop; the rest waits for the next turn: 1 to 3 ms',
  },
  lateBytesMax: {
    default: 10 * MiB,
    unit: 'bytes',
    why: 'fields that a decoder reported after the turn was over; above this they are scanned at once. A piece holds a value for every second byte of it, each with a name of fieldNameBytesMax: 9.2 MiB',
  },
} as const satisfies Record<string, Limit>;
