// What the WAF decided about an exchange, and why. Plain values; nothing here knows Envoy.

export type { RuleMatch } from '../evaluate/rule-match.ts';

/**
 * `allow`: go on. `block`: answer `status` in place of the exchange. `detect`: would have blocked, but SecRuleEngine is
 * DetectionOnly or a failure policy says so, so go on. `ruleId` is the rule whose disruptive action decided; 0 when a failure policy did (`cause`).
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
      /** Value of the Location header of a redirect: fit to be sent as it is. */
      readonly location?: string;
    };
