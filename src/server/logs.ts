// The two logs of a server: its own on standard error, and the audit log, which is a part of it unless it has a file.
// Knows no exchange.

import { WafError } from '../base/errors.ts';
import type { ServeConfig } from '../config/config.ts';
import { type AuditFormat, inFormat } from '../telemetry/audit-format.ts';
import type { OwnEntry } from '../telemetry/audit-log.ts';
import { createLog, type LogLevel, lossLine } from '../telemetry/log.ts';
import { openLogFile, openStandardError } from '../telemetry/log-target.ts';
import { LogWriter } from '../telemetry/log-writer.ts';

/** A log that takes sentences and values. */
export type Log = ReturnType<typeof createLog>;

/** Both logs. */
export interface Logs {
  readonly log: Log;
  /** Writes an entry of the audit log as a line of `log`, or of its file. In a format of others it is the whole line. */
  readonly writeAudit: (entry: OwnEntry) => void;
  /** Lines that each log has written and lost; those of `audit` are among `server` when they have no file. */
  readonly lineCounts: () => ReadonlyMap<'server' | 'audit', { readonly written: number; readonly lost: number }>;
  /** Sets how much the log says, for a time; after it as much as at the start. The last call counts. */
  readonly setLevel: (level: LogLevel, forMs: number) => void;
  /** Closes and reopens the files after they were rotated. */
  readonly reopen: () => void;
  /** Writes what waits, within `logFlushMsMax` for each log. Idempotent. */
  readonly close: () => Promise<void>;
}

/** Opens the logs. @throws WafError `config.invalid` when the file of the audit log cannot be had. */
export function openLogs(
  config: Pick<ServeConfig, 'logLevel' | 'auditLog' | 'limits'> & Partial<Pick<ServeConfig, 'auditFormat'>>,
): Logs {
  const { unwrittenLogBytesMax: unwrittenBytesMax, logFlushMsMax } = config.limits;
  const own = new LogWriter({ open: openStandardError, unwrittenBytesMax, lossLine });
  const log = createLog(config.logLevel, own);
  const audit = config.auditLog === undefined ? undefined : openAuditLog(config.auditLog, log, unwrittenBytesMax);
  const flush = (): void => {
    audit?.flushNow();
    own.flushNow();
  };
  let levelTimer: NodeJS.Timeout | undefined;
  // What was said before a crash is there after it.
  process.on('exit', flush);
  return {
    log,
    writeAudit: auditWriter(config.auditFormat, audit === undefined ? log : createLog('info', audit), audit ?? own),
    lineCounts: () =>
      new Map([
        ['server', countsOf(own)] as const,
        ...(audit === undefined ? [] : [['audit', countsOf(audit)] as const]),
      ]),
    setLevel: (level, forMs) => {
      clearTimeout(levelTimer);
      log.level = level;
      levelTimer = setTimeout(() => {
        log.level = config.logLevel;
      }, forMs);
      levelTimer.unref();
    },
    reopen: () => {
      audit?.reopen();
      own.reopen();
    },
    close: async () => {
      clearTimeout(levelTimer);
      const lost = (await audit?.close(logFlushMsMax)) ?? 0;
      if (lost > 0) log.error(`${lost} lines of the audit log could not be written before the end`);
      await own.close(logFlushMsMax);
      process.off('exit', flush);
    },
  };
}

function auditWriter(format: AuditFormat = 'own', log: Log, target: LogWriter): Logs['writeAudit'] {
  if (format === 'own') return (entry) => log.info(entry, 'exchange');
  // Names of theirs mean other things than those that our log puts into each line.
  return (entry) => target.write(`${JSON.stringify(inFormat(entry, format))}\n`);
}

const countsOf = ({ writtenLines, lostLines }: LogWriter) => ({ written: writtenLines, lost: lostLines });

function openAuditLog(path: string, log: Log, unwrittenBytesMax: number): LogWriter {
  try {
    return new LogWriter({
      open: () => openLogFile(path),
      unwrittenBytesMax,
      lossLine,
      onTrouble: (reason) => log.error(`the audit log cannot be written, its lines wait: ${reason}`),
      onRecovery: (lost) => log.warn(`the audit log can be written again; ${lost} lines were lost`),
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WafError('config.invalid', `cannot write the audit log: ${reason}`, { cause });
  }
}
