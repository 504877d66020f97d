// Recorded exchanges through old rules and new ones: what each makes of them, and where they differ. Prints nothing.

import type { Limits } from '../base/limits.ts';
import { defaultFailurePolicy, type FailurePolicy } from '../decision/failure-mode.ts';
import { explainExchange } from '../explain/explain-exchange.ts';
import type { Plan } from '../plan/plan.ts';
import type { Recording } from './recording.ts';

/** What rules make of one exchange. */
export interface Outcome {
  readonly verdict: 'allow' | 'block' | 'detect';
  /** Rules that are reported, in order of id. */
  readonly ruleIds: readonly number[];
}

/** An exchange of which old and new rules do not make the same. */
export interface Change {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly missing: readonly string[];
  readonly before: Outcome;
  readonly after: Outcome;
}

/** What came of a replay. */
export interface ReplayReport {
  readonly total: number;
  /** Exchanges that were not recorded whole. */
  readonly partial: number;
  /** Exchanges with another verdict. */
  readonly verdicts: readonly Change[];
  /** Exchanges with the same verdict by other rules. */
  readonly matches: readonly Change[];
}

/** Rules with what they run under. */
export interface ReplayedRules {
  readonly plan: Plan;
  readonly limits: Limits;
  /** Default: that of the table of failures. */
  readonly failurePolicy?: FailurePolicy;
}

/** Takes every exchange through both, one after the other, each by itself: nothing is remembered between them. */
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
