// The public surface of Weir as a library: load rules, inspect exchanges. Everything else may change without notice.

export { WafError } from './base/errors.ts';
export type { FailureAction, FailureCause } from './base/failure-table.ts';
export { type Limits, limits, limitsWith } from './base/limits.ts';
export type { FailurePolicy } from './decision/failure-mode.ts';
export type { RuleMatch, Verdict } from './decision/verdict.ts';
export { createEngine, type Engine, type EngineOptions, type InspectionOnly as Inspection } from './embed/engine.ts';
export type { Decision, Exchange } from './embed/exchange.ts';
export { guardHttp, type HttpGuardOptions } from './embed/http-guard.ts';
export { guardUpgrade, type UpgradeListener } from './embed/upgrade-guard.ts';
export type { Header, HeaderList } from './http/headers.ts';
export { type Diagnostic, type Diagnostics, describeDiagnostic } from './plan/diagnostics.ts';
export type { InspectionSummary, RequestHead, ResponseHead } from './transaction/inspection.ts';
export type { TransactionRecord } from './transaction/record.ts';
