// An inspector over rules given as text, and its hits in a form that tests can compare.

import { type Limits, limits, limitsWith } from '../../src/base/limits.ts';
import { FieldStore } from '../../src/inspect/field-store.ts';
import { type Hit, HitTable } from '../../src/inspect/hit-table.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { Memory } from '../../src/inspect/memory.ts';
import { PendingFields } from '../../src/inspect/pending-fields.ts';
import { Problems } from '../../src/inspect/problems.ts';
import { Work } from '../../src/inspect/work.ts';
import { fieldKinds } from '../../src/plan/field-kind.ts';
import type { Plan } from '../../src/plan/plan.ts';

/** An inspector of a plan, with some bounds replaced. */
export function inspectorOf(plan: Plan, overrides: Partial<Limits> = {}): Inspector {
  const bounds = Object.keys(overrides).length === 0 ? limits : limitsWith(overrides);
  return new Inspector({ plan, limits: bounds, onFact: () => {} });
}

/** What the parts of an inspector share, for tests of one part alone. */
export function inspectionOf(plan: Plan, bounds: Limits = limits) {
  const problems = new Problems();
  const memory = new Memory(bounds, problems);
  const hits = new HitTable(plan, bounds, memory);
  const target = { plan, hits, problems, work: new Work(bounds, problems), ended: () => {} };
  const fields = new FieldStore(plan, bounds, memory);
  return { ...target, memory, fields, pending: new PendingFields(target) };
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
