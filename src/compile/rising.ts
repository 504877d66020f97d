// Rules of a body phase that can start to match without new hits, because they test amounts. Before skipping rules when there are
// no new hits, these must be checked.

import type { Macro } from '../plan/macro.ts';
import { isRuleStep } from '../plan/phase-step.ts';
import type { Effect, Link, PhaseStep, RisingRule, Target } from '../plan/plan.ts';
import { readsGrowth } from './stability.ts';

/** Names of TX that the steps of a phase assign. */
class AssignedNames {
  readonly #names = new Set<string>();
  #isAny = false;

  constructor(steps: readonly PhaseStep[]) {
    for (const step of steps) {
      if (step.kind === 'rule') for (const { effects } of step.links) for (const effect of effects) this.#add(effect);
      else for (const [name] of step.presets.flatMap(({ assignments }) => assignments)) this.#names.add(name);
    }
  }

  #add(effect: Effect): void {
    if (effect.kind !== 'setvar' || effect.collection !== 'TX') return;
    if (effect.name.constant === undefined) this.#isAny = true;
    else this.#names.add(effect.name.constant);
  }

  /** Whether a name may be assigned; `undefined` means any. */
  has(name: string | undefined): boolean {
    return this.#isAny || (name === undefined ? this.#names.size > 0 : this.#names.has(name) || /^\d$/.test(name));
  }

  isIn({ parts }: Macro): boolean {
    return parts.some((part) => typeof part !== 'string' && (part.variable !== 'TX' || this.has(part.key)));
  }
}

/** Whether the value of a target is known without running the rules of the phase. */
function isKnownBefore({ variable, selector, mode, kinds }: Target, assigned: AssignedNames): boolean {
  if (kinds.length > 0) return mode === 'count';
  if (variable === 'TX') return selector?.name !== undefined && !assigned.has(selector.name);
  return !variable.startsWith('MATCHED_VAR') && variable !== 'RULE' && variable !== 'HIGHEST_SEVERITY';
}

function isDecidedBefore({ operator, targets }: Link, assigned: AssignedNames): boolean {
  if (operator.kind !== 'value' || assigned.isIn(operator.argument)) return false;
  return targets.every((target) => isKnownBefore(target, assigned));
}

/** `PhasePlan.rising` for the steps of a phase. */
export function risingRulesOf(steps: readonly PhaseStep[]): readonly RisingRule[] {
  const monotone = steps.filter(isRuleStep).filter(({ stability }) => stability === 'monotone');
  const rising = monotone.filter(({ links }) => links.some((link) => link.targets.some(readsGrowth)));
  if (rising.length === 0) return [];
  const assigned = new AssignedNames(steps);
  return rising.map((rule) => {
    const conditions = rule.links.filter((link) => isDecidedBefore(link, assigned));
    const asked = rule.links.filter((link) => link.targets.some(readsGrowth));
    return { rule, conditions, isOpen: asked.some((link) => !conditions.includes(link)) };
  });
}
