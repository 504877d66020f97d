// What a supervisor and its servers say to each other over the channel that Node opens between them. Types only.

import type { AdminReports } from '../admin/reports.ts';
import type { Reading } from '../metrics/metric.ts';
import type { LogLevel } from '../telemetry/log.ts';

/** How a server is, for probes. */
export interface WorkerHealth {
  readonly notReady: string | undefined;
  readonly generation: number;
  /** The last reload, when that failed. */
  readonly failedReload: { readonly at: Date; readonly code: string; readonly message: string } | undefined;
}

/** What came of a reload in one server. */
export type WorkerReload =
  | { readonly isDone: true; readonly generation: number; readonly ruleCount: number; readonly loadMs: number }
  | { readonly isDone: false; readonly generation: number; readonly code: string; readonly message: string };

/** What is asked of a server, and what it answers. */
export interface Questions {
  readonly reload: { readonly asks: null; readonly answer: WorkerReload };
  readonly metrics: { readonly asks: null; readonly answer: readonly Reading[] };
  readonly shadow: { readonly asks: null; readonly answer: AdminReports['shadow'] };
  readonly exclusions: { readonly asks: null; readonly answer: AdminReports['exclusions'] };
  readonly health: { readonly asks: null; readonly answer: WorkerHealth };
}

/** To a server. `stop` drains it; `question` expects an `answer` with its number. */
export type ToWorker =
  | { readonly kind: 'question'; readonly number: number; readonly name: keyof Questions }
  | { readonly kind: 'reopen-logs' }
  | { readonly kind: 'log-level'; readonly level: LogLevel; readonly forMs: number }
  | { readonly kind: 'stop' };

/** From a server. */
export type FromWorker =
  | {
      readonly kind: 'ready';
      readonly addresses: readonly string[];
      readonly ruleCount: number;
      readonly loadMs: number;
    }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: Questions[keyof Questions]['answer'] };
