// Rules for a command: compiled in threads of a pool that ends with the load, told how far it is. Knows no output.

import { availableParallelism } from 'node:os';
import { MatcherPool } from '../matching/pool.ts';
import { loadPlan, type PlanOptions } from '../plan/compile.ts';
import type { Plan } from '../plan/plan.ts';

/**
 * Loads rules. The caller closes the plan.
 * @throws what `loadPlan` throws.
 */
export async function loadRules(paths: readonly string[], options: Omit<PlanOptions, 'pool'>): Promise<Plan> {
  const pool = new MatcherPool({ scanThreads: 0, compileThreads: availableParallelism() });
  try {
    return await loadPlan(paths, { ...options, pool });
  } finally {
    await pool.close();
  }
}
