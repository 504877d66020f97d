// One rule that matched, as logs and metadata show it. Plain values; nothing here knows a verdict.

/** Strings are byte strings with macros expanded. */
export interface RuleMatch {
  readonly ruleId: number;
  readonly phase: number;
  readonly message: string;
  /** `logdata`, expanded; empty when the rule has none. */
  readonly logData: string;
  readonly severity?: string;
  readonly tags: readonly string[];
  readonly file: string;
  readonly line: number;
  /** SecLang name of the matched variable, e.g. `ARGS:id`. */
  readonly variable: string;
  /** True when the rule logs (no `nolog`). */
  readonly isLogged: boolean;
}
