// Whether counts and lengths that rules of a body test have grown so far that a rule may match. Changes nothing.

import type { PhasePlan } from '../plan/plan.ts';
import { evaluateLink } from './link-evaluator.ts';
import type { RuleState } from './rule-state.ts';

/**
 * How many rules of the phase have their conditions on counts and lengths met: while this is unchanged, such rules have nothing
 * new. `undefined`: it cannot be determined without running the phase.
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
