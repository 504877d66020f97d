// The public surface of Weir as a library: load rules, inspect exchanges. Everything else may change without notice.

export { WafError } from './base/errors.ts';
export { type Limits, limits, limitsWith } from './base/limits.ts';
export { loadPlan, type PlanOptions } from './compile/compile.ts';
export type { FailureAction, FailureCause, FailurePolicy } from './decision/failure-mode.ts';
export type { RuleMatch, Verdict } from './decision/verdict.ts';
export { createEngine, type Engine, type EngineOptions } from './embed/engine.ts';
export type { Decision, Exchange } from './embed/exchange.ts';
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
export type { TransactionRecord } from './transaction/record.ts';
