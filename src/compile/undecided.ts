// Jumps of which nobody knows yet, while a body arrives, whether they are taken: where rules can be believed again, and what
// decides them before the body ends. CRS 4 has one before its rules against leaks (951100), and what blocks stands behind it.

import { fieldKind } from '../plan/field-kind.ts';
import type { CompiledRule, Link, Refutation } from '../plan/plan.ts';

/** What of a rule says how it changes which rules run. */
export type FlowOf = Pick<CompiledRule, 'skipTo' | 'disruption' | 'links'>;

const ownEffects: ReadonlySet<string> = new Set(['setvar', 'initcol', 'setenv']);
/** The kind of which a direction has one field at most: others may have more to come, each of which can match. */
const singleKind = fieldKind('RESPONSE_BODY');

/** Whether a match changes which rules run behind it otherwise than by a jump. */
export function endsOrControls({ disruption, links }: FlowOf): boolean {
  const hasControl = links.some((link) => link.effects.some((effect) => !ownEffects.has(effect.kind)));
  return hasControl || disruption.startsWith('allow');
}

/**
 * For each rule that jumps, where its jump lands if the rules in between cannot lead further: there, what runs is the same
 * whether the jump is taken or not. `undefined` for all others.
 */
export function landingsOf(rules: readonly FlowOf[]): readonly (number | undefined)[] {
  const landings = new Array<number | undefined>(rules.length).fill(undefined);
  for (let index = rules.length - 1; index >= 0; index -= 1) {
    const rule = rules[index] as FlowOf;
    const landing = rule.skipTo;
    if (landing === undefined || endsOrControls(rule)) continue;
    let next = index + 1;
    while (next < landing) {
      const between = rules[next] as FlowOf;
      if (endsOrControls(between)) break;
      if (between.skipTo === undefined) next += 1;
      else if (landings[next] === undefined) break;
      else next = between.skipTo;
    }
    if (next === landing) landings[index] = landing;
  }
  return landings;
}

/** What settles early that a rule does not match: of `RESPONSE_BODY "!@rx x"`, that there is an `x`. */
export function refutationOf({ operator, targets, multiMatch }: Link): Refutation | undefined {
  if (operator.kind !== 'pattern' || !operator.negated || multiMatch) return undefined;
  const [pattern] = operator.native;
  const isSingle = targets.every(({ mode, kinds }) => mode === 'each' && kinds.length === 1 && kinds[0] === singleKind);
  return isSingle && pattern !== undefined ? { pattern, kind: singleKind } : undefined;
}
