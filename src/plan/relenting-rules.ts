// Rules that can let an exchange pass although something of its request failed. Where there are none, what the failure policy says
// before a body holds at its end.

import type { CompiledRule, Effect, PhasePlan, PhaseStep } from './plan.ts';

/** Whether a phase has such a rule: one that says `allow`, switches the engine, or changes what a failure leads to. */
export function relents({ phase, steps }: PhasePlan): boolean {
  return phase >= 2 && steps.some((step) => isRule(step) && (step.disruption.startsWith('allow') || hasEffect(step)));
}

const isRule = (step: PhaseStep): step is CompiledRule => step.kind === 'rule';

const hasEffect = ({ links }: CompiledRule): boolean => links.some(({ effects }) => effects.some(isRelenting));

const isRelenting = (effect: Effect): boolean =>
  effect.kind === 'onFailure' || (effect.kind === 'control' && effect.name === 'ruleEngine');
