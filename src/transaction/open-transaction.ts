// A transaction by the terms of a profile: what every transport does the same way when an exchange opens. Knows no transport.

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
  /** What is wrong with the exchange already: the policy says whether it is stopped, or inspected in spite of that. */
  readonly failure?: WafError | undefined;
  /** Told of errors that are ours, before the policy decides. Must not throw. */
  readonly onInternalError?: ((error: WafError) => void) | undefined;
}

/**
 * Opens a transaction that holds a lease of the profile's rules until its `finish`.
 * @throws WafError `native.closed` when the rules were given up.
 */
export function openTransaction<Reply>(
  { name, plans, limits, failurePolicy, collections, scanner, shadow }: Profile,
  { onInternalError, failure, ...transport }: OpenOptions,
): Transaction<Reply> {
  const lease = plans.lease();
  const { plan } = lease;
  const decide = (error: WafError): Verdict => {
    const cause = failureCause(error.code);
    if (cause === 'internal') onInternalError?.(error);
    return decideFailure({ cause, phase: 0 }, plan.settings.engine, failurePolicy);
  };
  const decision = failure === undefined ? undefined : decide(failure);
  const isStopped = decision?.kind === 'block' && transport.isObserved !== true;
  return new Transaction<Reply>({
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

/** What a failure before the first event makes of a transaction. */
function startOf(error: WafError, verdict: Verdict, isStopped: boolean): Pick<TransactionOptions, 'refuse' | 'noted'> {
  if (isStopped) return { refuse: () => error };
  return { noted: { error, verdict: verdict.kind === 'block' ? { ...verdict, kind: 'detect' } : verdict } };
}
