// What is known about an exchange in short, for the proxy's access log. Plain values; who reads them is not known here.

import type { RuleMatch, Verdict } from '../decision/verdict.ts';
import type { InspectionSummary } from './inspection.ts';

/** The short form, which is sent with a reply. */
export interface Report {
  readonly requestId: string;
  readonly verdict: Verdict['kind'];
  /** The rule that decided; 0 when none did. */
  readonly ruleId: number;
  /** Phase of the verdict, 1 to 5; 0 when there is none. */
  readonly phase: number;
  /** Why a failure policy decided; '' when rules did. */
  readonly cause: string;
  readonly inboundScore: number;
  readonly outboundScore: number;
  /** Rules that matched and log, each once, in order of matching. */
  readonly ruleIds: readonly number[];
}

/** Rule ids of the matches that log, each once, in order. */
export function loggedRuleIds(matches: readonly RuleMatch[]): readonly number[] {
  return [...new Set(matches.filter(({ isLogged }) => isLogged).map(({ ruleId }) => ruleId))];
}

/** The short form of a verdict with what was found so far. */
export function reportOf(
  requestId: string,
  verdict: Verdict,
  found: Pick<InspectionSummary, 'matches' | 'inboundScore' | 'outboundScore'>,
): Report {
  const decided = verdict.kind === 'allow' ? { ruleId: 0, phase: 0 } : verdict;
  return {
    requestId,
    verdict: verdict.kind,
    ruleId: decided.ruleId,
    phase: decided.phase,
    cause: verdict.kind === 'allow' ? '' : (verdict.cause ?? ''),
    inboundScore: found.inboundScore,
    outboundScore: found.outboundScore,
    ruleIds: found.matches.length === 0 ? [] : loggedRuleIds(found.matches),
  };
}
