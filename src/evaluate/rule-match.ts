// One rule that matched, as logs and metadata show it. Plain values; nothing here knows a verdict.

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
  /** Where in the message values of the exchange stand, in order; names of variables and of rules are none. */
  readonly messageValues: readonly ValuePlace[];
  /** `logdata`, expanded; empty when the rule has none. */
  readonly logData: string;
  readonly severity?: string;
  readonly tags: readonly string[];
  readonly file: string;
  readonly line: number;
  /** SecLang name of the matched variable, e.g. `ARGS:id`. */
  readonly variable: string;
  /** Where in it, of the first `loggedMatchesMax` that are logged. */
  readonly place?: MatchPlace;
  /** True when the rule logs (no `nolog`). */
  readonly isLogged: boolean;
  /** True when the match is a reason for a line of the audit log (no `noauditlog`). */
  readonly isAudited: boolean;
}
