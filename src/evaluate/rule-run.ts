// One rule while it runs: its links in turn, each with the values it matches, pausing when the turn of the event loop is over.
// Knows no order of rules and makes no decision.

import { memoryCosts } from '../inspect/memory.ts';
import { itemWork } from '../inspect/work.ts';
import type { CompiledRule, Link, Target } from '../plan/plan.ts';
import { captureGroups } from './captures.ts';
import { applyEffect } from './effects.ts';
import type { FieldMatch } from './field-match.ts';
import { evaluateLink, type LinkRun } from './link-evaluator.ts';
import type { ObservedLink } from './observed-match.ts';
import type { RuleState } from './rule-state.ts';

/** Matches between two checks of the turn. */
const matchesAtOnce = 16;

/** The result of a rule; `paused`: continue in the next turn. */
export type RuleOutcome = 'match' | 'no-match' | 'paused';

const noMatches: readonly FieldMatch[] = [];

/** Runs one rule after the other. Effects of a link happen as soon as it matches. */
export class RuleRun implements LinkRun {
  readonly state: RuleState;
  #rule: CompiledRule;
  #linkIndex = 0;
  /** Matches of the current link; undefined before it was evaluated. */
  #matches: readonly FieldMatch[] | undefined;
  #nextMatch = 0;
  /** Memory reserved for them. */
  #matchBytes = 0;
  /** The turn was over before the next match, which is then applied in any case. */
  #hasPaused = false;
  /** The first match of the first link. */
  #first: FieldMatch | undefined;
  #observed: ObservedLink[] | undefined;

  constructor(rule: CompiledRule, state: RuleState) {
    this.state = state;
    this.#rule = rule;
    this.begin(rule);
  }

  /** Starts a rule; the previous one is finished. */
  begin(rule: CompiledRule): void {
    const { state } = this;
    this.#rule = rule;
    this.#linkIndex = 0;
    this.#forgetMatches();
    this.#nextMatch = 0;
    this.#hasPaused = false;
    this.#first = undefined;
    this.#observed = state.observer === undefined ? undefined : [];
    state.rule = rule;
    state.linkMatches = noMatches;
  }

  get rule(): CompiledRule {
    return this.#rule;
  }

  /** The current link. */
  get link(): Link {
    return this.#rule.links[this.#linkIndex] as Link;
  }

  /** The match that is reported. Only after `match`. */
  get match(): FieldMatch {
    return this.state.lastMatch ?? (this.#first as FieldMatch);
  }

  /** The matches of each link, for observers. */
  get observed(): readonly ObservedLink[] | undefined {
    return this.#observed;
  }

  /** Continues the rule. */
  advance(): RuleOutcome {
    const { links } = this.#rule;
    while (this.#linkIndex < links.length) {
      const { link } = this;
      this.#matches ??= this.#evaluate();
      if (this.#matches.length === 0) return 'no-match';
      if (!this.#applyMatches(link, this.#matches)) return 'paused';
      this.#endLink(link, this.#matches);
    }
    return 'match';
  }

  /** All matches are found at once, and applied in as many turns as needed. */
  #evaluate(): readonly FieldMatch[] {
    const matches = evaluateLink(this);
    const bytes = memoryCosts.match * matches.length;
    if (this.state.memory.remember(bytes)) this.#matchBytes = bytes;
    return matches;
  }

  /** False if the turn ended before all matches were applied. */
  #applyMatches(link: Link, matches: readonly FieldMatch[]): boolean {
    const { work } = this.state;
    for (; this.#nextMatch < matches.length; this.#nextMatch += 1) {
      const isLook = this.#nextMatch > 0 && this.#nextMatch % matchesAtOnce === 0;
      if (isLook && work.isTurnOver && !this.#hasPaused) {
        this.#hasPaused = true;
        return false;
      }
      this.#hasPaused = false;
      if (isLook && work.isOverdrawn) return true;
      applyMatch(link, matches[this.#nextMatch] as FieldMatch, this.state);
    }
    return true;
  }

  #forgetMatches(): void {
    this.#matches = undefined;
    if (this.#matchBytes > 0) this.state.memory.forget(this.#matchBytes);
    this.#matchBytes = 0;
  }

  #endLink(link: Link, matches: readonly FieldMatch[]): void {
    this.#first ??= matches[0];
    const isRead = this.#rule.links.some(({ targets }, index) => index > this.#linkIndex && targets.some(isOfMatches));
    this.state.linkMatches = isRead ? boundedMatches(this.#rule, link, matches, this.state) : noMatches;
    this.#observed?.push({ link, matches });
    this.state.matchedLinks?.push({ link, matches });
    this.#linkIndex += 1;
    this.#forgetMatches();
    this.#nextMatch = 0;
  }
}

function applyMatch(link: Link, match: FieldMatch, state: RuleState): void {
  state.work.spend(itemWork);
  if (link.operator.kind !== 'none') state.lastMatch = match;
  if (link.capture) {
    // The value is transformed and searched.
    state.work.spend((match.transformations.length + 2) * (match.receivedLength ?? 0));
    captureGroups(link.operator, match, state);
  }
  for (const effect of link.effects) applyEffect(effect, state);
}

const isOfMatches = ({ variable }: Target): boolean => variable.startsWith('MATCHED_VAR');

/**
 * The content of MATCHED_VARS for the links after one: the values that the links up to it matched, or, if it looks at
 * MATCHED_VARS itself, those of them that it matched. Values that do not fit completely are counted.
 */
function boundedMatches(
  rule: CompiledRule,
  link: Link,
  linkMatches: readonly FieldMatch[],
  state: RuleState,
): readonly FieldMatch[] {
  const matches = link.targets.some(isOfMatches) ? linkMatches : [...state.linkMatches, ...linkMatches];
  const { matchedValuesMax } = state.exchange.limits;
  if (matches.length > matchedValuesMax) {
    state.problems.add('limit.matched', `rule ${rule.id} matched more than ${matchedValuesMax} values`);
  }
  for (const match of matches) if (match.isPart) state.problems.uninspected('matched-value', match.missingBytes);
  // A client that fills the memory for kept values must not blind later links.
  if (matches.some((match) => match.isStarved(state.exchange.limits.fieldCollectBytesMax))) {
    state.problems.add('limit.matched', `no room was left for values that rule ${rule.id} tests again`);
  }
  return matches.slice(0, matchedValuesMax);
}
