// What is the same for all rules of an exchange, in whichever state of it they run, tentative ones included: what it is judged by, and
// what its messages said of themselves. Rules read it; a `RuleState` has what they change.

import { monotonicMs, wallClock } from '../base/clock.ts';
import type { Limits } from '../base/limits.ts';
import type { Plan } from '../plan/plan.ts';
import { collectionsOf, type PersistentCollections } from './persistent-collections.ts';

/** What an exchange is opened with. */
export interface ExchangeFactsOptions {
  readonly plan: Plan;
  readonly limits: Limits;
  readonly requestId: string;
  /** Where `initcol` finds collections; absent: those of the process, for these limits. */
  readonly store?: PersistentCollections | undefined;
  /** Nobody takes what is decided: rules detect, and go on. */
  readonly isObserved?: boolean | undefined;
}

/** What all rules of an exchange share. */
export class ExchangeFacts {
  readonly plan: Plan;
  readonly limits: Limits;
  readonly requestId: string;
  readonly store: PersistentCollections;
  readonly isObserved: boolean;
  readonly startMs = monotonicMs();
  readonly startDate = wallClock();
  /** Single values by SecLang name: REMOTE_ADDR, REQBODY_PROCESSOR, RESPONSE_STATUS, … */
  readonly facts = new Map<string, string>();
  /** Whether REQUEST_BODY counts: its bytes are scanned all the same, since a decoder may fail later. */
  hasRequestBody = false;
  /** Whether the response body is shown with its content codings undone: from phase 4 on it has none for rules. */
  hasDecodedResponse = false;

  constructor({ plan, limits, requestId, store, isObserved }: ExchangeFactsOptions) {
    this.plan = plan;
    this.limits = limits;
    this.requestId = requestId;
    this.store = store ?? collectionsOf(limits);
    this.isObserved = isObserved === true;
  }
}
