// The options of an inspection: limits, policies, and who is notified. Knows nothing of how they are used.

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
  /** Where rules keep data that outlives an exchange; absent: shared with all other exchanges of this process. */
  readonly collections?: PersistentCollections;
  /** The verdict is ignored (Envoy's `observability_mode`): what would be blocked is only detected, and inspection continues. */
  readonly isObserved?: boolean;
  /** Scans in other threads, for the methods in steps; absent: every scan runs in the calling thread. */
  readonly scanner?: Scanner | undefined;
  /** Called with what happens, e.g. to explain it. Absent in service, where it would cost time. */
  readonly observer?: InspectionObserver;
  /** Called with the input of the inspection and its result; cannot change them. */
  readonly tap?: ExchangeTap | undefined;
}
