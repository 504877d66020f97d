// Bounds of work: how much of it a message may take, and how much a turn of the event loop. Rows of the table of bounds.

import type { Limit } from './limit.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Part of `limitTable`. A unit of work is about one byte given to one scan (native/engine/work.h). */
export const workLimits = {
  pieceBytes: {
    default: 4 * KiB,
    unit: 'bytes',
    why: 'bytes of a body that are decoded before the turn of the event loop is looked at; fewer while they are dear',
  },
  scanWorkMax: {
    default: 8 * MiB,
    unit: 'work',
    why: 'what inspecting one direction of an exchange may cost in any case, in units of about one byte given to one scan; some 0.05 s. A name that a decoder makes of many keys is scanned whole for each value',
  },
  scanWorkRatioMax: {
    default: 512,
    unit: 'ratio',
    why: 'units of work granted besides for each decoded byte, stride by stride: text and ordinary JSON take 10 to 50, lists of digits 200, under a long name or one that is not ASCII 400',
  },
  codedWorkRatioMax: {
    default: 16 * KiB,
    unit: 'ratio',
    why: 'the same for each sent byte of a body in a content coding, at most: a KiB can stand for a MiB. JSON that shrinks to a twentieth takes 1,000, rows that are all the same and shrink to 1/260 take 10,000',
  },
  turnWorkMax: {
    default: 256 * KiB,
    unit: 'work',
    why: 'work of all exchanges in one turn of the event loop, after which the rest waits for the next: 1 to 3 ms',
  },
  lateBytesMax: {
    default: 4 * MiB,
    unit: 'bytes',
    why: 'fields that a decoder reported when the turn was over already; beyond it they are scanned at once',
  },
} as const satisfies Record<string, Limit>;
