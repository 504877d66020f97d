// The public surface of Weir as a library: load rules, inspect exchanges. Everything else may change without notice.

import { WafError } from './base/errors.ts';
import { type Limits, limits } from './base/limits.ts';
import { loadPlan, type PlanOptions } from './compile/compile.ts';
import type { FailurePolicy } from './decision/failure-mode.ts';
import { closePlan } from './plan/close-plan.ts';
import type { Plan } from './plan/plan.ts';
import { CheckedInspection } from './transaction/checked-inspection.ts';

export { WafError } from './base/errors.ts';
export { type Limits, limits, limitsWith } from './base/limits.ts';
export { loadPlan, type PlanOptions } from './compile/compile.ts';
export type { FailureAction, FailureCause, FailurePolicy } from './decision/failure-mode.ts';
export type { RuleMatch, Verdict } from './decision/verdict.ts';
export type { Header, HeaderList } from './http/headers.ts';
export { closePlan } from './plan/close-plan.ts';
export { type Diagnostic, type Diagnostics, describeDiagnostic } from './plan/diagnostics.ts';
export type { Plan } from './plan/plan.ts';
export { CheckedInspection as Inspection } from './transaction/checked-inspection.ts';
export type {
  InspectionOptions,
  InspectionSummary,
  RequestHead,
  ResponseHead,
} from './transaction/inspection.ts';

/** What an engine is made of. */
export interface EngineOptions extends PlanOptions {
  /** Rule files, folders or packs, in order. */
  readonly rules: readonly string[];
  readonly limits?: Limits;
  readonly failurePolicy?: FailurePolicy;
}

/** Rules with the bounds they are run under. */
export interface Engine {
  readonly plan: Plan;
  /** Opens the inspection of one exchange; its `close` must be called. */
  openInspection(requestId: string): CheckedInspection;
  /** Frees the rules. No inspection may be open any more. */
  close(): void;
}

/**
 * Loads rules and returns an engine.
 * @throws WafError `config.invalid` for no rules, SeclangErrors for rule text that does not parse, WafError `plan.invalid` for rules that cannot run.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  if (!Array.isArray(options.rules) || options.rules.length === 0) {
    throw new WafError(
      'config.invalid',
      'rules must name at least one file, folder or pack: without rules nothing is found',
    );
  }
  const plan = await loadPlan(options.rules, options);
  const policy = options.failurePolicy === undefined ? {} : { failurePolicy: options.failurePolicy };
  return {
    plan,
    openInspection: (requestId) =>
      new CheckedInspection(plan, { requestId, limits: options.limits ?? limits, ...policy }),
    close: () => closePlan(plan),
  };
}
