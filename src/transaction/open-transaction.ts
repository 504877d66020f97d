// Opens a transaction with the settings of a profile, in the same way for every transport. Knows no transport.

import type { WafError } from '../base/errors.ts';
import { decideFailure, failureCause } from '../decision/failure-mode.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { Profile } from '../profile/profile.ts';
import { Inspection } from './inspection.ts';
import type { TransactionOptions } from './options.ts';
import { Transaction } from './transaction.ts';

/** What a transport adds to the profile. */
export interface OpenOptions
  extends Pick<TransactionOptions, 'deliveries' | 'isObserved' | 'refuse' | 'quarantine' | 'around'> {
  /** A failure before the exchange began: the policy decides whether it is stopped or still inspected. */
  readonly failure?: WafError | undefined;
  /** Called with errors of Weir itself, before the policy decides. Must not throw. */
  readonly onInternalError?: ((error: WafError) => void) | undefined;
}

/**
 * Opens a transaction that holds a lease of the profile's rules until its `finish`.
 * @throws WafError `native.closed` when the rules have been released.
 */
export function openTransaction(
  { name, plans, limits, failurePolicy, collections, scanner, shadow }: Profile,
  { onInternalError, failure, ...transport }: OpenOptions,
): Transaction {
  const lease = plans.lease();
  const { plan } = lease;
  const decide = (error: WafError): Verdict => {
    const cause = failureCause(error.code);
    if (cause === 'internal') onInternalError?.(error);
    return decideFailure({ cause, phase: 0 }, plan.settings.engine, failurePolicy);
  };
  const decision = failure === undefined ? undefined : decide(failure);
  const isStopped = decision?.kind === 'block' && transport.isObserved !== true;
  return new Transaction({
    ...transport,
    ...(failure === undefined || decision === undefined ? {} : startOf(failure, decision, isStopped)),
    limits,
    lease,
    profile: name,
    openInspection: (requestId, isObserved) => {
      const tap = shadow?.open(requestId);
      return new Inspection(plan, { requestId, limits, failurePolicy, collections, isObserved, scanner, tap });
    },
    decideFailure: (error) => (error === failure && decision !== undefined ? decision : decide(error)),
  });
}

/** The initial state of a transaction after a failure before the first event. */
function startOf(error: WafError, verdict: Verdict, isStopped: boolean): Pick<TransactionOptions, 'refuse' | 'noted'> {
  if (isStopped) return { refuse: () => error };
  return { noted: { error, verdict: verdict.kind === 'block' ? { ...verdict, kind: 'detect' } : verdict } };
}
