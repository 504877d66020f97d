// An inspector over rules given as text, and its hits in a form that tests can compare.

import { type Limits, limits, limitsWith } from '../../src/base/limits.ts';
import type { Hit } from '../../src/inspect/hit-table.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { fieldKinds } from '../../src/plan/field-kind.ts';
import type { Plan } from '../../src/plan/plan.ts';

/** An inspector of a plan, with some bounds replaced. */
export function inspectorOf(plan: Plan, overrides: Partial<Limits> = {}): Inspector {
  const bounds = Object.keys(overrides).length === 0 ? limits : limitsWith(overrides);
  return new Inspector({ plan, limits: bounds, onFact: () => {} });
}

/** The id of the rule at a place of a phase. */
export function ruleIdAt({ phases }: Plan, { phase, index }: { phase: number; index: number }): number | undefined {
  const step = phases[phase]?.steps[index];
  return step?.kind === 'rule' ? step.id : undefined;
}

/** Every hit that some rule waits for as `rule id KIND:name`, by rule. */
export function hitsOf(plan: Plan, inspector: Inspector): string[] {
  const found = plan.patterns.flatMap(({ id, rules }) =>
    rules.flatMap((place) => {
      const ruleId = ruleIdAt(plan, place) as number;
      return inspector.hits.of(id).map(({ field }) => ({ ruleId, label: `${fieldKinds[field.kind]}:${field.name}` }));
    }),
  );
  return found.sort((a, b) => a.ruleId - b.ruleId).map(({ ruleId, label }) => `${ruleId} ${label}`);
}

/** The first hit of the pattern that a rule waits for. */
export function hitOfRule(plan: Plan, inspector: Inspector, ruleId: number): Hit | undefined {
  const pattern = plan.patterns.find(({ rules }) => rules.some((place) => ruleIdAt(plan, place) === ruleId));
  return inspector.hits.of(pattern?.id ?? -1)[0];
}
