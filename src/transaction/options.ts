// The options of a transaction: limits, how to inspect, what a failure means. Types only.

import type { WafError } from '../base/errors.ts';
import type { Limits } from '../base/limits.ts';
import type { Steps } from '../base/turn.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { PlanLease } from '../plan/plan-handle.ts';
import type { Deliveries } from './event.ts';
import type { Inspection } from './inspection.ts';
import type { WorkPart } from './work-part.ts';

/** The options of a transaction. */
export interface TransactionOptions {
  readonly limits: Limits;
  readonly deliveries: Deliveries;
  /** Opens the inspection; the transaction closes it, even one that arrives after the exchange was abandoned. */
  readonly openInspection: (requestId: string, isObserved: boolean) => Inspection | Promise<Inspection>;
  /** Keeps the rules until the exchange is over; absent: the caller does. */
  readonly lease?: PlanLease;
  /** Name of the profile by which all this was chosen; default ''. */
  readonly profile?: string;
  /** The proxy ignores replies (`observability_mode`): nothing is blocked. Default false. */
  readonly isObserved?: boolean;
  /**
   * Decides whether the exchange is admitted: at its request's head, and again before its body is first inspected. Returns why
   * not; then the failure policy decides. Absent: every exchange is admitted.
   */
  readonly refuse?: () => WafError | undefined;
  /** Called before each message is inspected. Returns why it must not be; then the failure policy decides. */
  readonly quarantine?: (() => WafError | undefined) | undefined;
  /** Wraps the steps of each part, e.g. to record what is running. Absent: they run unwrapped. */
  readonly around?: (<Result>(part: WorkPart, steps: Steps<Result>) => Steps<Result>) | undefined;
  /** A failure before the exchange began that does not block it: it is inspected, and the failure is in the record. */
  readonly noted?: { readonly error: WafError; readonly verdict: Verdict } | undefined;
  /** What an error means for the exchange in which it happened: block, or go on (without inspection). */
  readonly decideFailure: (error: WafError) => Verdict;
}
