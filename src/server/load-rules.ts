// Rules → plan, compiled in a thread pool that ends with the load.

import { availableParallelism } from 'node:os';
import { WafError } from '../base/errors.ts';
import { loadPlan, type PlanOptions } from '../compile/compile.ts';
import { CompilePool } from '../matching/compile-pool.ts';
import { closePlan } from '../plan/close-plan.ts';
import type { Plan } from '../plan/plan.ts';

/** How rules are loaded. */
export interface LoadOptions extends Omit<PlanOptions, 'pool'> {
  /** Threads that compile pattern sets. Default: one per core, one in the background. */
  readonly compileThreads?: number;
}

/**
 * Loads rules. The caller closes the plan.
 * @throws the errors of `loadPlan`.
 */
export async function loadRules(paths: readonly string[], given: LoadOptions): Promise<Plan> {
  const { compileThreads = given.inBackground === true ? 1 : availableParallelism(), ...options } = given;
  const pool = new CompilePool(compileThreads);
  try {
    return await loadPlan(paths, { ...options, pool });
  } finally {
    await pool.close();
  }
}

/**
 * Returns the plan if it contains a rule, and frees it otherwise: a server without rules would find nothing and not report that.
 * @throws WafError `config.invalid` if no rule was loaded.
 */
export function requireRules(plan: Plan): Plan {
  if (plan.diagnostics.loadedCount > 0) return plan;
  closePlan(plan);
  throw new WafError('config.invalid', 'no rule was loaded: without rules nothing would be found');
}
