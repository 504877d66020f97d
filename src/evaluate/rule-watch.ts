// What is seen of one rule that is watched, for whoever asks why it did not match; in service no rule is watched. Types only.

import type { CompiledRule, Link, Target } from '../plan/plan.ts';
import type { ObservedLink } from './observed-match.ts';

/** What one target of a link had when the link ran. */
export interface WatchedTarget {
  readonly target: Target;
  /** Its values where rules compute them (TX, `&ARGS`, …); absent where they are fields of the message. */
  readonly computed: readonly { readonly key: string; readonly value: string }[] | undefined;
  /** Whether `ctl:ruleRemoveTarget…` took the value under this key off the rule. */
  readonly isRemoved: (key: string) => boolean;
}

/** A link that did not match. */
export interface WatchedLink {
  readonly link: Link;
  /** The operator's argument with its macros expanded; absent where it has none that is expanded at run time. */
  readonly argument: string | undefined;
  readonly targets: readonly WatchedTarget[];
}

/** One run of the watched rule. Valid during the call that shows it. */
export interface WatchedRun {
  readonly rule: CompiledRule;
  /** `removed`: `ctl:ruleRemove…` took the rule out, it did not run. */
  readonly outcome: 'match' | 'no-match' | 'removed';
  /** Links that matched, in order. */
  readonly links: readonly ObservedLink[];
  /** The link behind them; absent for a match and for a removed rule. */
  readonly missed: WatchedLink | undefined;
}

/** The rule that is watched, and who is told of each run of it. */
export interface RuleWatch {
  readonly ruleId: number;
  readonly onRun: (run: WatchedRun) => void;
}
