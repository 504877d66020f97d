// `weir check`: loads rules as `weir serve` would and reports what came of them. Reads the command line, prints the
// report, chooses the exit code; all else is in src/check.

import { Command, CommanderError, Option } from 'commander';
import { monotonicMs } from '../base/clock.ts';
import { WafError } from '../base/errors.ts';
import { formatRuleReport, type ReportForm, reportForms } from '../check/format.ts';
import { type CostReport, measureRuleCosts } from '../check/rule-cost.ts';
import { type RuleReport, reportErrors, reportPlan } from '../check/rule-report.ts';
import { configOf, type ServeConfig } from '../config/config.ts';
import { type FileSettings, loadConfig } from '../config/load.ts';
import { nativeAddon } from '../matching/native.ts';
import { closePlan } from '../plan/close-plan.ts';
import { SeclangErrors } from '../seclang/seclang-error.ts';
import { loadRules } from '../server/load-rules.ts';
import { addCacheOptions, type CacheOptions, cacheOf } from './cache-options.ts';

import { type Printer, standardPrinter } from './printer.ts';
import { terminalProgress } from './progress.ts';

/** `weir serve` would start with these rules; it would not; the command line is wrong. */
const exitCodes = { fine: 0, problems: 1, usage: 2 } as const;

/** The command line, parsed. */
interface CheckOptions extends CacheOptions {
  readonly config?: string;
  readonly rules?: readonly string[];
  readonly allowUnsupported?: true;
  readonly patterns?: true;
  readonly cost?: true;
  readonly output: ReportForm;
}

/** Runs `weir check` with the words that follow `check` on the command line. Returns the exit code. */
export async function checkCommand(words: readonly string[], printer: Printer = standardPrinter): Promise<number> {
  let code: number = exitCodes.usage;
  const command = createCheckCommand(printer).action(async (options: CheckOptions) => {
    const report = await checkRules(options);
    // Of text that cannot be read nothing was loaded.
    const cost = options.cost === true && report.files.length > 0 ? await costOf(options) : undefined;
    printer.print(formatRuleReport(report, { form: options.output, withPatterns: options.patterns === true, cost }));
    code = report.isFine ? exitCodes.fine : exitCodes.problems;
  });
  try {
    await command.parseAsync(words, { from: 'user' });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
    if (!(thrown instanceof WafError) || thrown.code === 'internal') throw thrown;
    printer.warn(`weir check: ${thrown.message}\n`);
    return thrown.code === 'config.invalid' ? exitCodes.usage : exitCodes.problems;
  }
}

function createCheckCommand(printer: Printer): Command {
  const command = new Command('weir check')
    .description('load rules as `weir serve` would and report what came of them; touches no port')
    .option('-c, --config <file>', 'configuration file of `weir serve`; options given here win over it')
    .option('--rules <path...>', 'rule files, folders or packs, in order, in place of the starter pack')
    .option('--allow-unsupported', 'put up with rules that Weir cannot run: they are reported, and that is fine')
    .option('--patterns', 'list every pattern: id, chain of transformations, engine, and why that engine')
    .option(
      '--cost',
      'measure what each rule costs on a corpus of ordinary exchanges, in us per KiB, beside the median',
    )
    .addOption(new Option('--output <format>', 'form of the report').choices(reportForms).default('human'))
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: printer.print, writeErr: printer.warn });
  return addCacheOptions(command);
}

function configured(options: CheckOptions): { readonly config: ServeConfig; readonly cache: FileSettings['cache'] } {
  const { cache, ...file }: FileSettings = options.config === undefined ? {} : loadConfig(options.config);
  return { config: configOf({ ...file, ...(options.rules === undefined ? {} : { rules: options.rules }) }), cache };
}

/** Takes some hundredths of a second for each rule. */
function costOf(options: CheckOptions): Promise<CostReport> {
  const { rules, limits } = configured(options).config;
  return measureRuleCosts(rules, { clockMs: monotonicMs, limits });
}

async function checkRules(options: CheckOptions): Promise<RuleReport> {
  const { config, cache } = configured(options);
  const progress = terminalProgress();
  try {
    const plan = await loadRules(config.rules, {
      keepGoing: true,
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
