// What the WAF decided about an exchange, and why. Plain values; nothing here knows Envoy.

/** One rule that matched, as logs and metadata show it. Strings are byte strings with macros expanded. */
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

/**
 * `allow`: go on. `block`: answer `status` in place of the exchange. `detect`: would have blocked, but SecRuleEngine is
 * DetectionOnly, so go on. `ruleId` is the rule whose disruptive action decided; 0 when a failure policy did (`cause`).
 */
export type Verdict =
  | { readonly kind: 'allow' }
  | { readonly kind: 'detect'; readonly ruleId: number; readonly status: number; readonly phase: number }
  | {
      readonly kind: 'block';
      readonly ruleId: number;
      readonly status: number;
      readonly phase: number;
      readonly cause?: string;
    };
