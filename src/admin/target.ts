// What the admin address shows of a server, and what it can ask of it. Types only: whoever runs a server has them.

import type { WafError } from '../base/errors.ts';
import type { MetricsFormat } from '../metrics/format-metrics.ts';
import type { LogLevel } from '../telemetry/log.ts';
import type { AdminReports } from './reports.ts';

/** What came of one reload. */
export type ReloadOutcome =
  | { readonly isDone: true; readonly generation: number; readonly ruleCount: number; readonly loadMs: number }
  /** What was in force before stays so. */
  | { readonly isDone: false; readonly generation: number; readonly error: WafError };

/** How a server is. */
export interface Health {
  /** Whether it was ever ready. */
  readonly hasStarted: boolean;
  /** Why it should get no new exchanges now, in a sentence; undefined when it is ready for them. */
  readonly notReady: string | undefined;
  /** Number of the rules in force; 0 before there are any. */
  readonly generation: number;
  /** The last reload, when that failed; undefined when it did not, or there was none. */
  readonly failedReload: { readonly at: Date; readonly error: WafError } | undefined;
}

/** A server as its admin address sees it. */
export interface AdminTarget {
  readonly health: () => Health;
  /** All metrics as text, in the format of OpenMetrics 1.0 or in the older one of Prometheus (0.0.4). */
  readonly metrics: (format: MetricsFormat) => Promise<string>;
  /** A list by its name. */
  readonly report: <Name extends keyof AdminReports>(name: Name) => Promise<AdminReports[Name]>;
  /** As SIGHUP does. Never rejects. */
  readonly reload: () => Promise<ReloadOutcome>;
  /** Sets how much is logged, for a time; after it, it is as before. */
  readonly setLogLevel: (level: LogLevel, forMs: number) => void;
  /** As SIGTERM does: the server stops taking exchanges, lets those under way end, and ends. Idempotent. */
  readonly drain: () => void;
}
