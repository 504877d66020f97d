// Rules for a command: compiled in threads of a pool that ends with the load, with words for whoever waits.

import { availableParallelism } from 'node:os';
import { MatcherPool } from '../matching/pool.ts';
import { loadPlan, type PlanOptions } from '../plan/compile.ts';
import { describeDiagnostic, isRemarkable } from '../plan/diagnostics.ts';
import type { Plan } from '../plan/plan.ts';
import { shownProblems } from '../seclang/seclang-error.ts';
import { type CacheOptions, cacheOf } from './cache-options.ts';
import type { Printer } from './printer.ts';
import { terminalProgress } from './progress.ts';

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

/** What a command was told about its rules. */
export interface RuleOptions extends CacheOptions {
  readonly allowUnsupported?: true;
}

/**
 * Loads rules for a command that prints: progress on a terminal, then what was skipped and what the user should know.
 * @param command its name, before each complaint.
 * @throws what `loadPlan` throws.
 */
export async function loadRulesAloud(
  command: string,
  paths: readonly string[],
  { options, printer }: { readonly options: RuleOptions; readonly printer: Printer },
): Promise<Plan> {
  const progress = terminalProgress();
  try {
    const plan = await loadRules(paths, {
      allowUnsupported: options.allowUnsupported === true,
      onProgress: progress.onProgress,
      ...cacheOf(options),
    });
    const problems = plan.diagnostics.problems.filter(isRemarkable).map(describeDiagnostic);
    for (const text of [...shownProblems(problems), ...plan.notices]) printer.complain(`${command}: ${text}\n`);
    return plan;
  } finally {
    progress.stop();
  }
}
