// The consequence of a failure, or of bytes not inspected, for an exchange: block, allow or detect, by cause. The default is to
// block, because what was not inspected is not trusted.

import { type ErrorCode, WafError } from '../base/errors.ts';
import {
  type FailureAction,
  type FailureCause,
  type FailureRow,
  failureActions,
  failureCauses,
  failureTable,
} from '../base/failure-table.ts';
import type { EngineMode } from '../plan/settings.ts';
import type { Verdict } from './verdict.ts';

/** The action for each cause, and the status of the response if that is to block. */
export interface FailurePolicy {
  readonly actions: Readonly<Partial<Record<FailureCause, FailureAction>>>;
  readonly otherwise: FailureAction;
  readonly statuses: Readonly<Partial<Record<FailureCause, number>>>;
}

/**
 * The policy of the table with some actions replaced.
 * @throws WafError `config.invalid` for a cause or an action that does not exist.
 */
export function failurePolicyWith(actions: Readonly<Record<string, string>>): FailurePolicy {
  for (const [cause, action] of Object.entries(actions)) {
    if (!Object.hasOwn(failureTable, cause)) {
      throw new WafError('config.invalid', `"${cause}" is none of the causes ${failureCauses.join(', ')}`);
    }
    if (!failureActions.some((one) => one === action)) {
      throw new WafError('config.invalid', `"${action}" is not one of ${failureActions.join(', ')}`);
    }
  }
  const of = <Value>(pick: (row: FailureRow) => Value): Record<FailureCause, Value> =>
    Object.fromEntries(failureCauses.map((cause) => [cause, pick(failureTable[cause])])) as Record<FailureCause, Value>;
  return {
    actions: { ...of(({ action }) => action), ...actions },
    otherwise: 'block',
    statuses: of(({ status }) => status),
  };
}

/** A policy with some actions replaced for one exchange; unknown actions are ignored. */
export function withActions(policy: FailurePolicy, changes: ReadonlyMap<string, string>): FailurePolicy {
  if (changes.size === 0) return policy;
  return { ...policy, actions: { ...policy.actions, ...Object.fromEntries(changes) } };
}

/** A row of the table. */
export const defaultFailurePolicy: FailurePolicy = failurePolicyWith({});

const causes: Readonly<Partial<Record<ErrorCode, FailureCause>>> = {
  'body.malformed': 'parse',
  'body.limit': 'limit.body',
  'body.unsupported': 'coding',
  'body.charset': 'charset',
  'body.overload': 'overload',
  'profile.unknown': 'profile',
  'profile.ambiguous': 'route',
  'admission.overload': 'overload',
  'admission.quarantine': 'quarantine',
  'native.limit': 'overload',
  'deadline.exceeded': 'timeout',
};

/** The cause that an error belongs to. */
export function failureCause(code: ErrorCode): FailureCause {
  return causes[code] ?? 'internal';
}

/** The consequence of a failure. With DetectionOnly nothing is blocked, with Off it is not even recorded. */
export function decideFailure(
  failure: { readonly cause: FailureCause; readonly phase: number },
  engine: EngineMode,
  policy: FailurePolicy = defaultFailurePolicy,
): Verdict {
  const { cause, phase } = failure;
  const asked = policy.actions[cause] ?? policy.otherwise;
  if (asked === 'allow' || engine === 'Off') return { kind: 'allow' };
  const status = policy.statuses[cause] ?? 403;
  if (asked === 'detect' || engine === 'DetectionOnly') return { kind: 'detect', ruleId: 0, status, phase, cause };
  return { kind: 'block', ruleId: 0, status, phase, cause };
}
