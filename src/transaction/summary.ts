// What is known about an inspected exchange, so far or at its end, as plain values.

import { readScores } from '../decision/score.ts';
import type { RuleMatch, Verdict } from '../decision/verdict.ts';
import { type AuditWishes, auditWishes } from '../evaluate/audit-wishes.ts';
import type { RuleState } from '../evaluate/rule-state.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import { type Problem, problemsOf, uninspectedOf } from '../inspect/problems.ts';
import type { Side } from './side.ts';

/** What is known at the end. */
export interface InspectionSummary {
  readonly verdict: Verdict;
  /** In the order in which rules matched. */
  readonly matches: readonly RuleMatch[];
  readonly inboundScore: number;
  readonly outboundScore: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Bytes of the body that had been inspected when the first verdict other than `allow` was there. */
  readonly firstVerdictBytes?: number;
  /** Cause → bytes that an operator should have seen and did not. */
  readonly uninspected: ReadonlyMap<string, number>;
  readonly problems: readonly Problem[];
  readonly audit: AuditWishes;
}

/** Sources of a summary. */
export interface SummarySources {
  readonly verdict: Verdict;
  readonly state: RuleState;
  /** Request, response. */
  readonly sides: readonly [Side<RequestHead>, Side<ResponseHead>];
  readonly firstVerdictBytes: number | undefined;
}

/** What is known so far. */
export function summaryOf({ verdict, state, sides, firstVerdictBytes }: SummarySources): InspectionSummary {
  const [request, response] = sides;
  const problems = [request.problems, response.problems];
  const scores = readScores(state.tx);
  return {
    verdict,
    matches: [...state.matches],
    inboundScore: scores.inbound,
    outboundScore: scores.outbound,
    requestBytes: request.bytes,
    responseBytes: response.bytes,
    ...(firstVerdictBytes === undefined ? {} : { firstVerdictBytes }),
    uninspected: uninspectedOf(problems),
    problems: problemsOf(problems),
    audit: auditWishes(state),
  };
}
