// A matching rule while it runs, for observers of an exchange. Types only; nothing here is kept.

import type { CompiledRule, Link } from '../plan/plan.ts';
import type { FieldMatch } from './field-match.ts';
import type { RuleMatch } from './rule-match.ts';

/** One link of a rule, and the values of its targets that matched, in order. */
export interface ObservedLink {
  readonly link: Link;
  readonly matches: readonly FieldMatch[];
}

/** A rule that matched, or the first links of one. Valid only during the call that passes it. */
export interface ObservedMatch {
  readonly rule: CompiledRule;
  readonly links: readonly ObservedLink[];
  /** The record of the match; absent for a bookkeeping rule (`nolog`, `noauditlog`, `pass`). */
  readonly report: RuleMatch | undefined;
  /** The link that did not match although those before it did; absent for a rule that matched. */
  readonly missed?: Link;
}

/** Called for each rule that matched, after its effects, and for each chain that matched in part. */
export type MatchObserver = (match: ObservedMatch) => void;
