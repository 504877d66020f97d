// `weir check`: loads rules as `weir serve` would and reports what came of them. Reads the command line, prints the
// report, chooses the exit code; all else is in src/check.

import { Option } from 'commander';
import { monotonicMs } from '../base/clock.ts';
import { formatRuleReport, type ReportForm, reportForms } from '../check/format.ts';
import { type CostReport, measureRuleCosts } from '../check/rule-cost.ts';
import { type RuleReport, reportErrors, reportPlan } from '../check/rule-report.ts';
import { configOf, type ServeConfig } from '../config/config.ts';
import { type FileSettings, loadConfig } from '../config/load.ts';
import { nativeAddon } from '../matching/native.ts';
import { closePlan } from '../plan/close-plan.ts';
import { SeclangErrors } from '../seclang/seclang-error.ts';
import { loadRules } from '../server/load-rules.ts';
import { type CacheOptions, cacheOf } from './cache-options.ts';
import { commonExitCodes, defineCommand } from './define-command.ts';
import { addRuleOptions } from './load-rules.ts';
import { type PackPolicyOptions, packsOf } from './pack-options.ts';
import { terminalProgress } from './progress.ts';

/** The command line, parsed. */
interface CheckOptions extends CacheOptions, PackPolicyOptions {
  readonly config?: string;
  readonly rules?: readonly string[];
  readonly allowUnsupported?: true;
  readonly patterns?: true;
  readonly cost?: true;
  readonly output: ReportForm;
}

/** `weir check`. */
export const checkCommand = defineCommand<CheckOptions>({
  name: 'check',
  summary: 'load and validate rules as `weir serve` would, and report on each; opens no port',
  options: (command) =>
    addRuleOptions(
      command
        .option('-c, --config <file>', 'configuration file of `weir serve`; options given here override it')
        .option('--rules <path...>', 'rule files, folders or packs, in order, in place of the starter pack')
        .option('--allow-unsupported', 'report unsupported rules without failing')
        .option('--patterns', 'list every pattern: id, transformation chain, engine, and why that engine')
        .option(
          '--cost',
          'measure what each rule costs on a corpus of ordinary exchanges, in us per KiB, next to the median',
        )
        .addOption(new Option('--output <format>', 'format of the report').choices(reportForms).default('human')),
    ),
  run: async ({ options, printer }) => {
    const report = await checkRules(options);
    // Of text that cannot be read nothing was loaded.
    const cost = options.cost === true && report.files.length > 0 ? await costOf(options) : undefined;
    printer.print(formatRuleReport(report, { form: options.output, withPatterns: options.patterns === true, cost }));
    return report.isFine ? commonExitCodes.done : commonExitCodes.failed;
  },
  exitCodeOf: ({ code }) => (code === 'config.invalid' ? commonExitCodes.usage : commonExitCodes.failed),
});

function configured(options: CheckOptions): { readonly config: ServeConfig; readonly cache: FileSettings['cache'] } {
  const { cache, trust, lock, ...file }: FileSettings = options.config === undefined ? {} : loadConfig(options.config);
  const rules = options.rules === undefined ? {} : { rules: options.rules, override: { rules: options.rules } };
  const config = configOf({ ...file, ...rules, packs: packsOf(options, { trust, lock }) });
  const uses = config.profiles.get('default')?.packUses ?? [];
  return { config: { ...config, packs: { ...config.packs, uses } }, cache };
}

/** Takes some hundredths of a second for each rule. */
function costOf(options: CheckOptions): Promise<CostReport> {
  const { rules, limits, packs } = configured(options).config;
  return measureRuleCosts(rules, { clockMs: monotonicMs, limits, packs });
}

async function checkRules(options: CheckOptions): Promise<RuleReport> {
  const { config, cache } = configured(options);
  const progress = terminalProgress();
  try {
    const plan = await loadRules(config.rules, {
      keepGoing: true,
      packs: config.packs,
      onProgress: progress.onProgress,
      ...cacheOf(options, cache),
    });
    const allowUnsupported = options.allowUnsupported === true || config.allowUnsupported;
    const report = reportPlan(plan, { allowUnsupported, transformNames: nativeAddon().transformNames() });
    closePlan(plan);
    return report;
  } catch (thrown) {
    if (thrown instanceof SeclangErrors) return reportErrors(thrown);
    throw thrown;
  } finally {
    progress.stop();
  }
}
