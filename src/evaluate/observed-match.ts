// What a matching rule looked like while it ran, for whoever watches an exchange. Types only; nothing here is kept.

import type { CompiledRule, Link } from '../plan/plan.ts';
import type { FieldMatch } from './field-match.ts';
import type { RuleMatch } from './rule-match.ts';

/** One link of a rule, and the values of its targets that matched, in order. */
export interface ObservedLink {
  readonly link: Link;
  readonly matches: readonly FieldMatch[];
}

/** A rule that matched, or the first links of one. Valid during the call that shows it. */
export interface ObservedMatch {
  readonly rule: CompiledRule;
  readonly links: readonly ObservedLink[];
  /** What is recorded of it; absent for a rule that only keeps books (`nolog`, `noauditlog`, `pass`). */
  readonly report: RuleMatch | undefined;
  /** The link that did not match where those before it did; absent for a rule that matched. */
  readonly missed?: Link;
}

/** Told of each rule that matched, after its effects, and of each chain of which only a part did. */
export type MatchObserver = (match: ObservedMatch) => void;
