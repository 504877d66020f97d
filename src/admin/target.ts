// What the admin address shows of a server, and can make it do. Types only; implemented by servers and supervisors.

import type { WafError } from '../base/errors.ts';
import type { MetricsFormat } from '../metrics/format-metrics.ts';
import type { LogLevel } from '../telemetry/log.ts';
import type { AdminReports } from './reports.ts';

/** The result of one reload. */
export type ReloadOutcome =
  | { readonly isDone: true; readonly generation: number; readonly ruleCount: number; readonly loadMs: number }
  /** The previous rules stay in force. */
  | { readonly isDone: false; readonly generation: number; readonly error: WafError };

/** The state of a server. */
export interface Health {
  /** Whether it has ever been ready. */
  readonly hasStarted: boolean;
  /** Why it should get no new exchanges now, in a sentence; undefined if it is ready. */
  readonly notReady: string | undefined;
  /** Generation of the rules in force; 0 before there are any. */
  readonly generation: number;
  /** The last reload, if it failed; undefined if it succeeded or there was none. */
  readonly failedReload: { readonly at: Date; readonly error: WafError } | undefined;
}

/** A server, as seen by its admin address. */
export interface AdminTarget {
  readonly health: () => Health;
  /** All metrics as text, in the format of OpenMetrics 1.0 or in the older one of Prometheus (0.0.4). */
  readonly metrics: (format: MetricsFormat) => Promise<string>;
  /** A list by its name. */
  readonly report: <Name extends keyof AdminReports>(name: Name) => Promise<AdminReports[Name]>;
  /** Like SIGHUP. Never rejects. */
  readonly reload: () => Promise<ReloadOutcome>;
  /** Sets the log level for a time; then the previous one applies again. */
  readonly setLogLevel: (level: LogLevel, forMs: number) => void;
  /** Like SIGTERM: the server accepts no new exchanges, finishes open ones, and ends. Idempotent. */
  readonly drain: () => void;
}
