// Messages between a supervisor and its servers, over Node's channel between the processes. Types only.

import type { AdminReports } from '../admin/reports.ts';
import type { Quarantine } from '../ext-proc/crash-guard.ts';
import type { Reading } from '../metrics/metric.ts';
import type { PlanPack } from '../plan/plan.ts';
import type { LogLevel } from '../telemetry/log.ts';

/** The state of a server, for probes. */
export interface WorkerHealth {
  readonly notReady: string | undefined;
  readonly generation: number;
  /** The last reload, if it failed. */
  readonly failedReload: { readonly at: Date; readonly code: string; readonly message: string } | undefined;
}

/** The result of a reload in one server. */
export type WorkerReload =
  | { readonly isDone: true; readonly generation: number; readonly ruleCount: number; readonly loadMs: number }
  | { readonly isDone: false; readonly generation: number; readonly code: string; readonly message: string };

/** Rules that a server put in force. */
export interface RulesInForce {
  readonly generation: number;
  /** By profile. */
  readonly packs: Readonly<Record<string, readonly PlanPack[]>>;
}

/** Questions to a server, and its answers. */
export interface Questions {
  readonly reload: { readonly asks: null; readonly answer: WorkerReload };
  readonly metrics: { readonly asks: null; readonly answer: readonly Reading[] };
  readonly shadow: { readonly asks: null; readonly answer: AdminReports['shadow'] };
  readonly exclusions: { readonly asks: null; readonly answer: AdminReports['exclusions'] };
  readonly health: { readonly asks: null; readonly answer: WorkerHealth };
}

/** To a server. `stop` drains it; `question` expects an `answer` with the same number. */
export type ToWorker =
  | { readonly kind: 'question'; readonly number: number; readonly name: keyof Questions }
  | { readonly kind: 'reopen-logs' }
  | { readonly kind: 'log-level'; readonly level: LogLevel; readonly forMs: number }
  | { readonly kind: 'quarantine'; readonly quarantine: Quarantine }
  | { readonly kind: 'stop' };

/** From a server. */
export type FromWorker =
  | {
      readonly kind: 'ready';
      readonly addresses: readonly string[];
      readonly ruleCount: number;
      readonly loadMs: number;
    }
  | { readonly kind: 'rules'; readonly rules: RulesInForce }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: Questions[keyof Questions]['answer'] };
