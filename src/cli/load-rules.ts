// Loads rules for a command, with progress messages. Knows no command.

import type { Command } from 'commander';
import type { PlanOptions } from '../compile/compile.ts';
import type { PackOptions } from '../pack/open-pack.ts';
import { describeDiagnostic, isRemarkable } from '../plan/diagnostics.ts';
import type { Plan } from '../plan/plan.ts';
import { shownProblems } from '../seclang/seclang-error.ts';
import { loadRules } from '../server/load-rules.ts';
import { addCacheOptions, type CacheOptions, cacheOf } from './cache-options.ts';
import { addPackOptions, type PackPolicyOptions } from './pack-options.ts';
import { packsOf } from './pack-policies.ts';
import type { Printer } from './printer.ts';
import { terminalProgress } from './progress.ts';

/** Options about rules, parsed. */
export interface RuleOptions extends CacheOptions, PackPolicyOptions {
  readonly allowUnsupported?: true;
}

/** Adds the options of every command that loads rules. */
export function addRuleOptions(command: Command): Command {
  return addPackOptions(addCacheOptions(command));
}

/**
 * Loads rules for a command that prints: progress on a terminal, then what was skipped and other notices.
 * @param command its name, printed before each message.
 * @throws the errors of `loadPlan`.
 */
export async function loadRulesForCommand(
  command: string,
  paths: readonly string[],
  {
    options,
    printer,
    policies = packsOf(options),
    ...more
  }: Pick<PlanOptions, 'amend'> & {
    readonly options: RuleOptions;
    readonly printer: Printer;
    /** Default: those given by the options. */
    readonly policies?: PackOptions;
  },
): Promise<Plan> {
  const progress = terminalProgress();
  try {
    const plan = await loadRules(paths, {
      allowUnsupported: options.allowUnsupported === true,
      ...more,
      packs: policies,
      onProgress: progress.onProgress,
      ...cacheOf(options),
    });
    const problems = plan.diagnostics.problems.filter(isRemarkable).map(describeDiagnostic);
    for (const text of [...shownProblems(problems), ...plan.notices]) printer.warn(`${command}: ${text}\n`);
    return plan;
  } finally {
    progress.stop();
  }
}
