// Bounds of several servers under one supervisor. A part of the table of limits.

import type { Limit } from './limit.ts';

/** Part of `limitTable`. */
export const supervisorLimits = {
  restartMsMin: {
    default: 500,
    unit: 'ms',
    why: 'wait before a process that died is started again; doubled each time, up to restartMsMax, until one has lasted that long',
  },
  restartMsMax: { default: 30_000, unit: 'ms', why: 'longest wait before a process that died is started again' },
  workerAnswerMsMax: {
    default: 2_000,
    unit: 'ms',
    why: 'time for a process to say how it is, or its metrics; one that does not is left out, and not ready',
  },
  workerReloadMsMax: {
    default: 300_000,
    unit: 'ms',
    why: 'time for a process to reload; large rule sets compile for a minute on a slow core',
  },
  workerStopMsMax: {
    default: 60_000,
    unit: 'ms',
    why: 'time for a process to drain and end before it is killed: more than drainNoticeMs, drainMsMax and logFlushMsMax together',
  },
  workerHealthMs: { default: 1_000, unit: 'ms', why: 'how often a supervisor asks its processes how they are' },
} as const satisfies Record<string, Limit>;
