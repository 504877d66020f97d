// TX.0–9: the match of a pattern and its groups, computed after the hit and only for rules with `capture`.

import { foldAscii } from '../base/bytes.ts';
import { nativeAddon } from '../matching/native.ts';
import type { LinkOperator, PatternOperator, PatternPlan } from '../plan/plan.ts';
import { setVariable } from './effects.ts';
import type { FieldMatch } from './field-match.ts';
import type { RuleState } from './rule-state.ts';

const groupsMax = 10;
const noGroup = 0xffffffff;
const groups = new Uint32Array(groupsMax * 2);

/** Expressions that match the whole of every value. The CRS uses one of them on each header name, to have it in TX.0. */
const wholeValue: ReadonlySet<string> = new Set(['.*', '^.*', '.*$', '^.*$']);

/** Whether the groups of a match follow from its pattern, the only one, and its value (`locateGroups`). */
export function areLocated(operator: LinkOperator): operator is PatternOperator {
  if (operator.kind !== 'pattern' || operator.name !== 'rx' || operator.negated) return false;
  return operator.patterns.length === 1 && !wholeValue.has(operator.argument);
}

/** Sets TX.0–9 from a match; groups that did not participate are unset (ModSecurity reference manual v3, capture). */
export function captureGroups(operator: LinkOperator, match: FieldMatch, state: RuleState): void {
  const texts = operator.kind === 'pattern' && !operator.negated ? patternGroups(operator, match, state) : [match.text];
  for (let group = 0; group < texts.length; group += 1) {
    const text = texts[group];
    // A group without room must not leave the value of an earlier match.
    if (text === undefined || !setVariable(state.tx, String(group), text, state)) state.tx.delete(String(group));
  }
  state.tx.deleteDigits(texts.length);
}

function patternGroups(
  operator: LinkOperator & { kind: 'pattern' },
  match: FieldMatch,
  state: RuleState,
): readonly (string | undefined)[] {
  if (operator.phrases !== undefined) return [foundPhrase(operator.phrases, match)];
  if (wholeValue.has(operator.argument)) return [match.text];
  const texts = locateGroups(state.exchange.plan.patterns[match.pattern ?? -1], match);
  // The match is in a part of the value that was not kept.
  if (texts.length === 0 && match.isPart) state.problems.uninspected('capture', match.missingBytes);
  return texts;
}

/** The longest of `phrases` (lower case) that ends where the hit ended, as spelled in the value. */
export function foundPhrase(phrases: readonly string[], match: FieldMatch): string {
  const before = match.text.slice(0, match.to);
  const folded = foldAscii(before);
  let found = '';
  for (const phrase of phrases) if (phrase.length > found.length && folded.endsWith(phrase)) found = phrase;
  return before.slice(before.length - found.length);
}

/** The texts of a match and of its groups, at most ten; undefined: a group that did not participate. */
export function locateGroups(pattern: PatternPlan | undefined, match: FieldMatch): readonly (string | undefined)[] {
  if (pattern?.native === undefined) return [match.text];
  const { set } = pattern.native;
  const count = nativeAddon().locate(set.handle, pattern.id, match.bytes, groups);
  return Array.from({ length: count }, (_, group) => {
    const from = groups[group * 2] as number;
    return from === noGroup ? undefined : match.text.slice(from, groups[group * 2 + 1]);
  });
}
