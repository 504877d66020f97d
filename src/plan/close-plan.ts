// Frees the native objects of a plan. Knows no exchange: the caller makes sure that none is open.

import type { Plan } from './plan.ts';

/** Frees the native objects of a plan, which no exchange may use any more. Idempotent. */
export function closePlan(plan: Plan): void {
  plan.program.close();
  for (const set of plan.sets) set.close();
  for (const search of plan.numberSearches) search.close();
}
