// The process's own log: JSON lines, wherever they are told to go. Knows no exchange and no file.

import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { wallClock } from '../base/clock.ts';

/** How much is logged. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The levels, quietest last. */
export const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** What every line says of its origin. */
const base = { service: 'weir' } as const;

/** Makes a log whose lines go to `stream`. */
export function createLog(level: LogLevel, stream: DestinationStream): Logger {
  return pino(
    {
      level,
      base,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
}

/** The line that stands in a log where `lines` others are missing, with its end. */
export function lossLine(lines: number): string {
  const msg = `${lines} lines are missing here: they came faster than they could be written`;
  return `${JSON.stringify({ level: 'error', time: wallClock().toISOString(), ...base, event: 'lost', lines, msg })}\n`;
}
