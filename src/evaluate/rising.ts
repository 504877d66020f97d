// Whether counts and lengths that a body's rules ask for have come so far that a rule may match. Changes nothing.

import type { PhasePlan } from '../plan/plan.ts';
import { evaluateLink } from './link-evaluator.ts';
import type { RuleState } from './rule-state.ts';

/**
 * How many rules of the phase have what they ask of counts and lengths: as long as this stays the same, such rules say nothing
 * new. `undefined`: it cannot be told without running the phase.
 */
export function risenRules({ rising }: PhasePlan, state: RuleState): number | undefined {
  let count = 0;
  for (const { rule, conditions, isOpen } of rising) {
    if (!conditions.every((link) => evaluateLink({ rule, link, state }).length > 0)) continue;
    if (isOpen) return undefined;
    count += 1;
  }
  return count;
}
