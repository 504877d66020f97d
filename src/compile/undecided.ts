// Jumps of which it is not known, while a body arrives, whether they are taken: where results become reliable again, and what
// decides them before the body ends. CRS 4 has one before its rules against leaks (951100), and the blocking rule comes after it.

import { fieldKind } from '../plan/field-kind.ts';
import type { AssignmentStep, CompiledRule, Link, Refutation } from '../plan/plan.ts';

/** The parts of a rule that determine which rules run next. */
export type FlowOf = Pick<CompiledRule, 'skipTo' | 'disruption' | 'links'>;
/** The parts of a step that determine which rules run after it, and what they find in TX. */
export type FlowStep = (FlowOf & Pick<CompiledRule, 'kind'>) | Pick<AssignmentStep, 'kind' | 'presets'>;

const ownEffects: ReadonlySet<string> = new Set(['setvar', 'initcol', 'setenv']);
/** The kind of which a direction has at most one field: for others more fields may follow, each of which can match. */
const singleKind = fieldKind('RESPONSE_BODY');

/** Whether a match changes which rules run later, other than by a jump. */
export function endsOrControls({ disruption, links }: FlowOf): boolean {
  const hasControl = links.some((link) => link.effects.some((effect) => !ownEffects.has(effect.kind)));
  return hasControl || disruption.startsWith('allow');
}

/**
 * For each step that is a rule with a jump, its target if the rules in between cannot lead further: from there on, the same rules
 * run whether the jump is taken or not. `undefined` for all others.
 */
export function landingsOf(steps: readonly FlowStep[]): readonly (number | undefined)[] {
  const landings = new Array<number | undefined>(steps.length).fill(undefined);
  for (let index = steps.length - 1; index >= 0; index -= 1) {
    const step = steps[index] as FlowStep;
    if (step.kind === 'assignment' || step.skipTo === undefined || endsOrControls(step)) continue;
    const landing = step.skipTo;
    let next = index + 1;
    while (next < landing) {
      const between = steps[next] as FlowStep;
      if (between.kind === 'rule' && endsOrControls(between)) break;
      if (between.kind === 'assignment' || between.skipTo === undefined) next += 1;
      else if (landings[next] === undefined) break;
      else next = between.skipTo;
    }
    if (next === landing) landings[index] = landing;
  }
  return landings;
}

/** What proves early that a rule does not match: for `RESPONSE_BODY "!@rx x"`, that `x` was found. */
export function refutationOf({ operator, targets, multiMatch }: Link): Refutation | undefined {
  if (operator.kind !== 'pattern' || !operator.negated || multiMatch) return undefined;
  const [pattern] = operator.native;
  const isSingle = targets.every(({ mode, kinds }) => mode === 'each' && kinds.length === 1 && kinds[0] === singleKind);
  return isSingle && pattern !== undefined ? { pattern, kind: singleKind } : undefined;
}
