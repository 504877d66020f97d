// Which steps of a phase are rules. Holds nothing and runs nothing.

import type { CompiledRule, PhasePlan, PhaseStep } from './plan.ts';

/** Whether a step is a rule that runs, not an assignment. */
export function isRuleStep(step: PhaseStep): step is CompiledRule {
  return step.kind === 'rule';
}

/** The rules of a phase in file order, without those that were worked out at load. Their `index` counts all steps. */
export function rulesOfPhase({ steps }: Pick<PhasePlan, 'steps'>): readonly CompiledRule[] {
  return steps.filter(isRuleStep);
}
