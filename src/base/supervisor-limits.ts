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
  quarantineCrashes: {
    default: 3,
    unit: 'count',
    why: 'crashes by the same input, or under the same profile, within quarantineWindowMs, after which that is not inspected any more until rules are reloaded',
  },
  quarantineWindowMs: { default: 60_000, unit: 'ms', why: 'crashes further apart are no loop' },
  quarantinedMax: {
    default: 64,
    unit: 'count',
    why: 'inputs that are kept out at a time; with more of them the oldest is inspected again',
  },
  crashReportsMax: { default: 16, unit: 'count', why: 'last crashes that the admin address shows' },
  workerHealthMs: { default: 1_000, unit: 'ms', why: 'how often a supervisor asks its processes how they are' },
} as const satisfies Record<string, Limit>;
