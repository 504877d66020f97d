// The decision about an exchange, and its reason. Plain values; nothing here knows Envoy.

export type { RuleMatch } from '../evaluate/rule-match.ts';

/**
 * `allow`: continue. `block`: respond with `status` instead. `detect`: would have been blocked, but SecRuleEngine is
 * DetectionOnly or a failure policy is `detect`, so continue. `ruleId` is the rule whose disruptive action decided; 0 if a
 * failure policy did (`cause`).
 */
export type Verdict =
  | { readonly kind: 'allow' }
  | {
      readonly kind: 'detect';
      readonly ruleId: number;
      readonly status: number;
      readonly phase: number;
      readonly cause?: string;
    }
  | {
      readonly kind: 'block';
      readonly ruleId: number;
      readonly status: number;
      readonly phase: number;
      readonly cause?: string;
      /** Value of the Location header of a redirect, safe to send. */
      readonly location?: string;
    };
