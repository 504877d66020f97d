// Everything that can fail in an exchange or go unseen in it, and what each leads to unless something else is set. A table: what it
// means for one exchange is decided elsewhere.

/** What to do with an exchange. `detect`: go on, and say that it would have been blocked. */
export type FailureAction = 'block' | 'allow' | 'detect';

/** One cause: what is done unless something else is set, the status of a block, and what it is. docs/bodies.md has this table. */
export interface FailureRow {
  readonly action: FailureAction;
  readonly status: number;
  readonly what: string;
}

/** Every cause that an action can be set for. */
export const failureTable = {
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
  // Not `block`: a text of over 64 KiB would be refused wherever a rule asks for all of a value at once.
  uninspected: {
    action: 'allow',
    status: 403,
    what: 'bytes that some rule should have seen and did not, for a reason below that nobody chose',
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
  quarantine: {
    action: 'block',
    status: 503,
    what: 'an input that crashed Weir again and again, or a profile whose rules did',
  },
  internal: { action: 'block', status: 503, what: 'an internal error in Weir' },
} as const satisfies Readonly<Record<string, FailureRow>>;

/** Causes of failure, for which actions can be set one by one. */
export type FailureCause = keyof typeof failureTable;

/** The causes by name. */
export const failureCauses = Object.keys(failureTable) as readonly FailureCause[];
/** What can be done. */
export const failureActions: readonly FailureAction[] = ['block', 'allow', 'detect'];
