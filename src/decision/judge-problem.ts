// Who decides what a problem means for an exchange, and how: nobody behind an `allow`, a rule that looks at REQBODY_ERROR,
// else the failure policy as rules have set it. One decider, never two.

import type { ExchangeState } from '../evaluate/exchange-state.ts';
import type { ProblemCause } from '../inspect/problems.ts';
import { decideFailure, type FailurePolicy, withActions } from './failure-mode.ts';
import type { Verdict } from './verdict.ts';

/** Something that went wrong, and the phase whose rules may have a say in it. */
export interface PlacedProblem {
  readonly cause: ProblemCause;
  readonly phase: number;
}

/** Causes for which REQBODY_ERROR, or RES_BODY_ERROR, is set. */
const bodyErrors: Readonly<Record<'request' | 'response', readonly ProblemCause[]>> = {
  request: ['parse', 'coding', 'limit.body'],
  response: ['response-body'],
};

/** What a problem leads to. The rules of `phase` must have had their say, as far as they can have by now. */
export function judgeProblem(problem: PlacedProblem, state: ExchangeState, policy: FailurePolicy): Verdict {
  const { cause, phase } = problem;
  const direction = phase > 2 ? 'response' : 'request';
  const isOfRules = state.plan.bodyErrorRules.has(direction) && bodyErrors[direction].includes(cause);
  if (isOfRules || state.spares(phase)) return { kind: 'allow' };
  return decideFailure(problem, state.engine, withActions(policy, state.failureActions));
}
