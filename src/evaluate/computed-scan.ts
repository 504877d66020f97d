// Patterns on computed values (TX, MATCHED_VAR, REMOTE_ADDR, …): scans one value for one pattern with the same native code as for
// fields, so that results agree.

import type { HitBuffer } from '../matching/hits.ts';
import { createBatchHits, FieldBatch, scanBatch } from '../matching/scan.ts';
import type { PatternOperator, PatternPlan, Plan, Target } from '../plan/plan.ts';
import { FieldMatch } from './field-match.ts';

/** A computed value to be tested. */
export interface ComputedTest {
  readonly operator: PatternOperator;
  readonly target: Target;
  readonly key: string;
  readonly value: string;
}

/** Shared by all exchanges: scans never overlap. */
let batch: FieldBatch | undefined;
let hits: HitBuffer | undefined;

/** The matches of a value: at most one, or with `multiMatch` one for each step that changed the value. */
export function findInComputed(asked: ComputedTest, plan: Plan): readonly FieldMatch[] {
  const { operator, target, key, value } = asked;
  batch ??= new FieldBatch();
  hits ??= createBatchHits();
  const matches: FieldMatch[] = [];
  for (const [step, pattern] of operator.native.entries()) {
    const fieldClass = plan.computedClasses[operator.computed[step] as number] as number;
    batch.clear();
    batch.add(fieldClass, value);
    const isFound = scanBatch(plan.program, batch, hits) > 0;
    if (isFound === operator.negated) continue;
    const { transformations } = plan.patterns[pattern] as PatternPlan;
    const to = isFound ? hits.toAt(0) : 0;
    const match = new FieldMatch({ target, key, raw: value, transformations, pattern, to });
    if (matches.some((one) => one.text === match.text)) continue;
    matches.push(match);
  }
  return matches;
}
