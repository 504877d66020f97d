// What all rules of an exchange share, in every state including tentative ones: its settings, and facts about its messages. Rules
// read it; what they change is in `RuleState`.

import { monotonicMs, wallClock } from '../base/clock.ts';
import type { Limits } from '../base/limits.ts';
import type { Plan } from '../plan/plan.ts';
import { Facts } from './facts.ts';
import { collectionsOf, type PersistentCollections } from './persistent-collections.ts';

/** What an exchange is opened with. */
export interface ExchangeFactsOptions {
  readonly plan: Plan;
  readonly limits: Limits;
  readonly requestId: string;
  /** Where `initcol` finds collections; absent: those of the process, for these limits. */
  readonly store?: PersistentCollections | undefined;
  /** Verdicts are not applied, as for a candidate: rules detect, and continue. */
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
  /** Single values of its messages, for variables of rules. */
  readonly facts = new Facts();
  /** Whether REQUEST_BODY counts: its bytes are scanned anyway, because a decoder may fail later. */
  hasRequestBody = false;
  /** Whether the response body is shown decoded; from phase 4 on its content encoding is then hidden from rules. */
  hasDecodedResponse = false;

  constructor({ plan, limits, requestId, store, isObserved }: ExchangeFactsOptions) {
    this.plan = plan;
    this.limits = limits;
    this.requestId = requestId;
    this.store = store ?? collectionsOf(limits);
    this.isObserved = isObserved === true;
  }
}
