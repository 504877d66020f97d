// What it means for an exchange that something failed or was not seen: block, allow or detect, by cause. The default is to
// block: what was not inspected is not trusted.

import type { ErrorCode } from '../base/errors.ts';
import type { ProblemCause } from '../inspect/problems.ts';
import type { EngineMode } from '../plan/settings.ts';
import type { Verdict } from './verdict.ts';

/** What to do with an exchange. `detect`: go on, and say that it would have been blocked. */
export type FailureAction = 'block' | 'allow' | 'detect';

/** Causes of failure, for which actions can be set one by one. */
export type FailureCause = ProblemCause | 'timeout' | 'overload';

/** What to do for each cause, and the status of the answer when that is to block. */
export interface FailurePolicy {
  readonly actions: Readonly<Partial<Record<FailureCause, FailureAction>>>;
  readonly otherwise: FailureAction;
  readonly statuses: Readonly<Partial<Record<FailureCause, number>>>;
}

/** Blocks on every cause: 400 for what the client got wrong, 503 for what we could not do, else 403. */
export const defaultFailurePolicy: FailurePolicy = {
  actions: {},
  otherwise: 'block',
  statuses: { parse: 400, 'limit.body': 413, timeout: 503, overload: 503, internal: 503 },
};

const causes: Readonly<Partial<Record<ErrorCode, FailureCause>>> = {
  'http.malformed': 'parse',
  'body.malformed': 'parse',
  'body.limit': 'limit.body',
  'pool.overload': 'overload',
  'native.limit': 'overload',
  'deadline.exceeded': 'timeout',
};

/** The cause that an error belongs to. */
export function failureCause(code: ErrorCode): FailureCause {
  return causes[code] ?? 'internal';
}

/** What a failure means. With DetectionOnly nothing is blocked, with Off nothing is even noted. */
export function decideFailure(
  failure: { readonly cause: FailureCause; readonly phase: number },
  engine: EngineMode,
  policy: FailurePolicy = defaultFailurePolicy,
): Verdict {
  const { cause, phase } = failure;
  const asked = policy.actions[cause] ?? policy.otherwise;
  if (asked === 'allow' || engine === 'Off') return { kind: 'allow' };
  const status = policy.statuses[cause] ?? 403;
  if (asked === 'detect' || engine === 'DetectionOnly') return { kind: 'detect', ruleId: 0, status, phase };
  return { kind: 'block', ruleId: 0, status, phase, cause };
}
