// What it means for an exchange that something failed or was not seen: block, allow or detect, by cause. The default is to
// block: what was not inspected is not trusted.

import { type ErrorCode, WafError } from '../base/errors.ts';
import type { ProblemCause } from '../inspect/problems.ts';
import type { EngineMode } from '../plan/settings.ts';
import type { Verdict } from './verdict.ts';

/** What to do with an exchange. `detect`: go on, and say that it would have been blocked. */
export type FailureAction = 'block' | 'allow' | 'detect';

/** Causes of failure, for which actions can be set one by one. */
export type FailureCause = ProblemCause | 'profile' | 'route' | 'timeout';

/** What to do for each cause, and the status of the answer when that is to block. */
export interface FailurePolicy {
  readonly actions: Readonly<Partial<Record<FailureCause, FailureAction>>>;
  readonly otherwise: FailureAction;
  readonly statuses: Readonly<Partial<Record<FailureCause, number>>>;
}

/** One cause: what is done unless something else is set, the status of a block, and what it is. docs/bodies.md has this table. */
export interface FailureRow {
  readonly action: FailureAction;
  readonly status: number;
  readonly what: string;
}

/** Every cause that an action can be set for. */
export const failureTable: Readonly<Record<FailureCause, FailureRow>> = {
  parse: {
    action: 'block',
    status: 400,
    what: 'a malformed request body: not what its type says',
  },
  coding: { action: 'block', status: 415, what: 'a request content encoding that Weir cannot decode' },
  charset: {
    action: 'detect',
    status: 415,
    what: 'an unknown charset; the bytes are inspected as they are',
  },
  'limit.body': { action: 'block', status: 413, what: 'a limit of a decoder: depth, parts, expansion, …' },
  'limit.fields': {
    action: 'block',
    status: 413,
    what: 'more fields than are kept for rules that count or compare them',
  },
  'limit.hits': { action: 'block', status: 403, what: 'more pattern hits than are kept' },
  'limit.matched': { action: 'block', status: 403, what: 'more matched values or variables than are kept for rules' },
  'limit.work': {
    action: 'block',
    status: 413,
    what: 'a message that costs more to inspect than is granted for its size',
  },
  'limit.memory': {
    action: 'block',
    status: 413,
    what: 'a message of which more would have to be kept in memory than one may take',
  },
  'response-body': { action: 'detect', status: 502, what: 'a response body that cannot be decoded completely' },
  profile: { action: 'block', status: 503, what: 'the proxy names a profile that the configuration does not have' },
  route: {
    action: 'block',
    status: 400,
    what: 'a request that can be read in several ways, for which routes have different profiles',
  },
  timeout: { action: 'block', status: 503, what: 'a timeout in Weir' },
  overload: { action: 'block', status: 503, what: 'more work, or memory, than Weir accepts' },
  internal: { action: 'block', status: 503, what: 'an internal error in Weir' },
};

/** The causes by name. */
export const failureCauses = Object.keys(failureTable) as readonly FailureCause[];
/** What can be done. */
export const failureActions: readonly FailureAction[] = ['block', 'allow', 'detect'];

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
      throw new WafError('config.invalid', `"${action}" is none of ${failureActions.join(', ')}`);
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

/** A policy with some actions replaced for one exchange; actions that do not exist are left out. */
export function withActions(policy: FailurePolicy, changes: ReadonlyMap<string, string>): FailurePolicy {
  if (changes.size === 0) return policy;
  return { ...policy, actions: { ...policy.actions, ...Object.fromEntries(changes) } };
}

/** What the table says. */
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
  if (asked === 'detect' || engine === 'DetectionOnly') return { kind: 'detect', ruleId: 0, status, phase, cause };
  return { kind: 'block', ruleId: 0, status, phase, cause };
}
