// Runs recorded exchanges through old and new rules and finds differences. Prints nothing.

import type { Limits } from '../base/limits.ts';
import { defaultFailurePolicy, type FailurePolicy } from '../decision/failure-mode.ts';
import { explainExchange } from '../explain/explain-exchange.ts';
import type { Plan } from '../plan/plan.ts';
import type { Recording } from './recording.ts';

/** The result of one exchange. */
export interface Outcome {
  readonly verdict: 'allow' | 'block' | 'detect';
  /** Rules that are reported, in order of id. */
  readonly ruleIds: readonly number[];
}

/** An exchange with different results. */
export interface Change {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly missing: readonly string[];
  readonly before: Outcome;
  readonly after: Outcome;
}

/** The result of a replay. */
export interface ReplayReport {
  readonly total: number;
  /** Incompletely recorded exchanges. */
  readonly partial: number;
  /** Exchanges whose verdict changes. */
  readonly verdicts: readonly Change[];
  /** Exchanges with the same verdict but different rules. */
  readonly matches: readonly Change[];
}

/** Rules with their settings. */
export interface ReplayedRules {
  readonly plan: Plan;
  readonly limits: Limits;
  /** Default: the table of failures. */
  readonly failurePolicy?: FailurePolicy;
}

/** Runs every exchange through both rule sets, each independently: nothing is kept between exchanges. */
export async function replay(
  recordings: readonly Recording[],
  { before, after }: { readonly before: ReplayedRules; readonly after: ReplayedRules },
): Promise<ReplayReport> {
  const verdicts: Change[] = [];
  const matches: Change[] = [];
  for (const recording of recordings) {
    const change: Change = {
      name: recording.name,
      method: recording.exchange.request.method,
      target: recording.exchange.request.target,
      missing: recording.missing,
      before: await outcomeOf(before, recording),
      after: await outcomeOf(after, recording),
    };
    if (change.before.verdict !== change.after.verdict) verdicts.push(change);
    else if (change.before.ruleIds.join() !== change.after.ruleIds.join()) matches.push(change);
  }
  const partial = recordings.filter(({ missing }) => missing.length > 0).length;
  return { total: recordings.length, partial, verdicts, matches };
}

async function outcomeOf(
  { plan, limits, failurePolicy = defaultFailurePolicy }: ReplayedRules,
  { exchange }: Recording,
): Promise<Outcome> {
  const { verdict, matches } = await explainExchange(plan, exchange, { limits, failurePolicy });
  const ids = new Set(matches.filter(({ isReported }) => isReported).map(({ ruleId }) => ruleId));
  return { verdict: verdict.kind, ruleIds: [...ids].sort((a, b) => a - b) };
}
