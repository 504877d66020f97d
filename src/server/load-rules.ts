// Rules → plan, compiled in threads of a pool that ends with the load.

import { availableParallelism } from 'node:os';
import { loadPlan, type PlanOptions } from '../compile/compile.ts';
import { MatcherPool } from '../matching/pool.ts';
import type { Plan } from '../plan/plan.ts';

/** How rules are loaded. */
export interface LoadOptions extends Omit<PlanOptions, 'pool'> {
  /** Threads that compile pattern sets. Default: one a core. */
  readonly compileThreads?: number;
}

/**
 * Loads rules. The caller closes the plan.
 * @throws what `loadPlan` throws.
 */
export async function loadRules(
  paths: readonly string[],
  { compileThreads = availableParallelism(), ...options }: LoadOptions,
): Promise<Plan> {
  const pool = new MatcherPool({ scanThreads: 0, compileThreads });
  try {
    return await loadPlan(paths, { ...options, pool });
  } finally {
    await pool.close();
  }
}
