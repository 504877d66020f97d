// Observes one rule, to explain why it did not match; not used in production. Types only.

import type { CompiledRule, Link, Target } from '../plan/plan.ts';
import type { ObservedLink } from './observed-match.ts';

/** The values of one target of a link when the link ran. */
export interface WatchedTarget {
  readonly target: Target;
  /** Its values if they are computed (TX, `&ARGS`, …); absent if they are fields of the message. */
  readonly computed: readonly { readonly key: string; readonly value: string }[] | undefined;
  /** Whether `ctl:ruleRemoveTarget…` removed the value with this key from the rule. */
  readonly isRemoved: (key: string) => boolean;
}

/** A link that did not match. */
export interface WatchedLink {
  readonly link: Link;
  /** The operator's argument with its macros expanded; absent if nothing is expanded at run time. */
  readonly argument: string | undefined;
  readonly targets: readonly WatchedTarget[];
}

/** One run of the watched rule. Valid only during the call that passes it. */
export interface WatchedRun {
  readonly rule: CompiledRule;
  /** `removed`: `ctl:ruleRemove…` removed the rule; it did not run. */
  readonly outcome: 'match' | 'no-match' | 'removed';
  /** Links that matched, in order. */
  readonly links: readonly ObservedLink[];
  /** The next link, which did not match; absent for a match and for a removed rule. */
  readonly missed: WatchedLink | undefined;
}

/** The watched rule, and the receiver of its runs. */
export interface RuleWatch {
  readonly ruleId: number;
  readonly onRun: (run: WatchedRun) => void;
}
