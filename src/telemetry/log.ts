// The process's own log: JSON lines to any stream. Knows no exchange and no file.

import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { wallClock } from '../base/clock.ts';

/** Log levels. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The levels, quietest last. */
export const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** Fields of every line. */
const base = { service: 'weir' } as const;

/** Creates a log that writes to `stream`. */
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

/** The line that replaces `lines` missing ones, with its newline. */
export function lossLine(lines: number): string {
  const msg = `${lines} lines are missing here: they came faster than they could be written`;
  return `${JSON.stringify({ level: 'error', time: wallClock().toISOString(), ...base, event: 'lost', lines, msg })}\n`;
}
