// Rules → plan, compiled in threads of a pool that ends with the load.

import { availableParallelism } from 'node:os';
import { WafError } from '../base/errors.ts';
import { loadPlan, type PlanOptions } from '../compile/compile.ts';
import { CompilePool } from '../matching/compile-pool.ts';
import { closePlan } from '../plan/close-plan.ts';
import type { Plan } from '../plan/plan.ts';

/** How rules are loaded. */
export interface LoadOptions extends Omit<PlanOptions, 'pool'> {
  /** Threads that compile pattern sets. Default: one a core, in the background one. */
  readonly compileThreads?: number;
}

/**
 * Loads rules. The caller closes the plan.
 * @throws what `loadPlan` throws.
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
 * The plan, when there is a rule in it; else it is freed: a server without rules would find nothing and say so of nothing.
 * @throws WafError `config.invalid` when no rule was loaded.
 */
export function requireRules(plan: Plan): Plan {
  if (plan.diagnostics.loadedCount > 0) return plan;
  closePlan(plan);
  throw new WafError('config.invalid', 'no rule was loaded: without rules nothing is found');
}
