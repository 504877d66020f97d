// What an inspection is made with: bounds, policies, and whom to tell what happens. Knows nothing of how it is used.

import type { Limits } from '../base/limits.ts';
import type { FailurePolicy } from '../decision/failure-mode.ts';
import type { PersistentCollections } from '../evaluate/persistent-collections.ts';
import type { Scanner } from '../matching/scanner.ts';
import type { ExchangeTap } from '../profile/shadow.ts';
import type { InspectionObserver } from './observer.ts';

/** What an inspection needs besides the plan. */
export interface InspectionOptions {
  readonly requestId: string;
  readonly limits: Limits;
  /** What problems such as a malformed body lead to; the default blocks. */
  readonly failurePolicy?: FailurePolicy;
  /** Where rules keep what outlives an exchange; absent: with all other exchanges of this process. */
  readonly collections?: PersistentCollections;
  /** Nobody takes what is decided (Envoy's `observability_mode`): what would be blocked is detected, and inspection goes on. */
  readonly isObserved?: boolean;
  /** Scans in other threads, for the methods in steps; absent: every scan is done where it is asked for. */
  readonly scanner?: Scanner | undefined;
  /** Shown what happens, e.g. to explain it. Absent in service: nothing is spent on it then. */
  readonly observer?: InspectionObserver;
  /** Shown what the inspection is given, and what came of it; changes nothing of it. */
  readonly tap?: ExchangeTap | undefined;
}
