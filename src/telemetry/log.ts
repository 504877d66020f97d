// The process's own log: JSON lines on standard error, or wherever it is told. Knows no exchange.

import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';

/** How much is logged. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The levels, quietest last. */
export const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** Makes the log. Lines are written at once: what a process said before it died is there. */
export function createLog(level: LogLevel, stream: DestinationStream = destination({ fd: 2, sync: true })): Logger {
  return pino(
    {
      level,
      base: { service: 'weir' },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
}
