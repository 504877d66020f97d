// One rule that matched, for logs and metadata. Plain values; nothing here knows a verdict.

import type { MatchPlace } from './match-place.ts';

/** A part of a message that a macro filled with a value of the exchange: units `[from, to)`. */
export interface ValuePlace {
  readonly from: number;
  readonly to: number;
}

/** Strings are byte strings with macros expanded. */
export interface RuleMatch {
  readonly ruleId: number;
  readonly phase: number;
  readonly message: string;
  /** Positions of values of the exchange in the message, in order; names of variables and rules do not count. */
  readonly messageValues: readonly ValuePlace[];
  /** `logdata`, expanded; empty if the rule has none. */
  readonly logData: string;
  readonly severity?: string;
  readonly tags: readonly string[];
  readonly file: string;
  readonly line: number;
  /** SecLang name of the matched variable, e.g. `ARGS:id`. */
  readonly variable: string;
  /** Where it was found, for the first `loggedMatchesMax` that are logged. */
  readonly place?: MatchPlace;
  /** True if the rule logs (no `nolog`). */
  readonly isLogged: boolean;
  /** True if the match is a reason for an audit line (no `noauditlog`). */
  readonly isAudited: boolean;
}
