// The two logs of a server: its own on standard error, and the audit log, which is part of it unless it has a file. Knows no
// exchange.

import { WafError } from '../base/errors.ts';
import type { ServeConfig } from '../config/config.ts';
import { type AuditFormat, inFormat } from '../telemetry/audit-format.ts';
import type { OwnEntry } from '../telemetry/audit-log.ts';
import { createLog, type LogLevel, lossLine } from '../telemetry/log.ts';
import { openLogFile, openStandardError } from '../telemetry/log-target.ts';
import { LogWriter } from '../telemetry/log-writer.ts';

/** A log of messages and values. */
export type Log = ReturnType<typeof createLog>;

/** Both logs. */
export interface Logs {
  readonly log: Log;
  /** Writes an audit entry as a line of `log` or of its file. In a foreign format, the entry is the whole line. */
  readonly writeAudit: (entry: OwnEntry) => void;
  /** Lines that each log has written and lost; without a file, those of `audit` are counted under `server`. */
  readonly lineCounts: () => ReadonlyMap<'server' | 'audit', { readonly written: number; readonly lost: number }>;
  /** Sets the log level for a time; then the initial level applies again. The last call wins. */
  readonly setLevel: (level: LogLevel, forMs: number) => void;
  /** Closes and reopens the files after they were rotated. */
  readonly reopen: () => void;
  /** Writes what is queued, within `logFlushMsMax` for each log. Idempotent. */
  readonly close: () => Promise<void>;
}

/** Opens the logs. @throws WafError `config.invalid` if the file of the audit log cannot be opened. */
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
  // Messages before a crash must not be lost.
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
  // In foreign formats, field names have other meanings than in the lines of our log.
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
