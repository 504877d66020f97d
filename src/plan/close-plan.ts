// Frees what a plan holds natively. Knows no exchange: whoever calls it knows that none is under way.

import type { Plan } from './plan.ts';

/** Frees the native objects of a plan. No exchange may use it any more. Idempotent. */
export function closePlan(plan: Plan): void {
  plan.program.close();
  for (const set of plan.sets) set.close();
  for (const search of plan.numberSearches) search.close();
}
