// `weir check`: loads rules as `weir serve` would and reports the result. Parses options, prints the report, chooses the exit
// code; the rest is in src/check.

import { Option } from 'commander';
import { monotonicMs, wallClock } from '../base/clock.ts';
import { asWafError, type WafError } from '../base/errors.ts';
import { shownProfiles } from '../base/shown-names.ts';
import { formatRuleReports, type ProfilesReport, type ReportForm, reportForms } from '../check/format.ts';
import { type CostReport, measureRuleCosts } from '../check/rule-cost.ts';
import { type RuleReport, reportErrors, reportPlan } from '../check/rule-report.ts';
import { configOf, type ServeConfig } from '../config/config.ts';
import { exclusionNotices } from '../config/exclusion.ts';
import { type FileSettings, loadConfig } from '../config/load.ts';
import { withPackDefaults } from '../config/pack-defaults.ts';
import { nativeAddon } from '../matching/native.ts';
import { closePlan } from '../plan/close-plan.ts';
import { SeclangErrors } from '../seclang/seclang-error.ts';
import { loadRules } from '../server/load-rules.ts';
import { amended, groupsByRules, type RuleGroup, type RuleSources } from '../server/rule-sets.ts';
import { type CacheOptions, cacheOf } from './cache-options.ts';
import { commonExitCodes, defineCommand } from './define-command.ts';
import { addRuleOptions } from './load-rules.ts';
import type { PackPolicyOptions } from './pack-options.ts';
import { packsOf } from './pack-policies.ts';
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
    const { config, cache } = configured(options);
    const groups = groupsOf(config);
    for (const text of noticesOf(config)) printer.warn(`${text}\n`);
    if (groups.length === 0) printer.warn('weir check: every profile is off, so there are no rules to check\n');
    const reports: ProfilesReport[] = [];
    const refused: string[] = [];
    let code: number = commonExitCodes.done;
    for (const group of groups) {
      const { sources, profiles } = group;
      const names = profiles.map(({ name }) => name);
      try {
        const report = await checkRules(group, { options, config, cache });
        const cost = await costOf(report, { sources, config, options });
        reports.push({ profiles: names, report, cost });
        if (!report.isFine) code = Math.max(code, commonExitCodes.failed);
      } catch (thrown) {
        // A group that cannot be loaded must not hide the results of the others.
        const error = asWafError(thrown);
        if (groups.length === 1 || error.code === 'internal') throw thrown;
        refused.push(...names);
        printer.warn(`weir check: ${shownProfiles(names)}: ${error.message}\n`);
        code = Math.max(code, exitCodeOf(error));
      }
    }
    const form = { form: options.output, withPatterns: options.patterns === true, refused };
    if (reports.length > 0) printer.print(formatRuleReports(reports, form));
    return code;
  },
  exitCodeOf,
});

function exitCodeOf({ code }: WafError): number {
  return code === 'config.invalid' ? commonExitCodes.usage : commonExitCodes.failed;
}

function configured(options: CheckOptions): Pick<Context, 'config' | 'cache'> {
  const { cache, trust, lock, ...file }: FileSettings = options.config === undefined ? {} : loadConfig(options.config);
  const { rules, allowUnsupported } = options;
  const override = {
    ...(rules === undefined ? {} : { rules }),
    ...(allowUnsupported === true ? { allowUnsupported } : {}),
  };
  return { config: configOf({ ...file, ...override, override, packs: packsOf(options, { trust, lock }) }), cache };
}

/** The rule sets in use, that of the default profile first. */
function groupsOf({ profiles }: ServeConfig): readonly RuleGroup[] {
  const byDefault = [...profiles.values()].toSorted(
    (a, b) => Number(b.name === 'default') - Number(a.name === 'default'),
  );
  return groupsByRules(byDefault).filter(({ sources }) => sources.rules.length > 0);
}

/** Exclusions that have ended or end soon. */
function noticesOf({ profiles }: ServeConfig): Iterable<string> {
  const exclusions = [...profiles.values()].flatMap((profile) => profile.exclusions);
  return new Set(exclusionNotices(exclusions, wallClock()));
}

interface Context {
  readonly options: CheckOptions;
  readonly config: ServeConfig;
  readonly cache: FileSettings['cache'];
}

/** Takes some hundredths of a second per rule. Text that cannot be parsed has no rules to measure. */
async function costOf(
  { files }: RuleReport,
  { sources, config, options }: Omit<Context, 'cache'> & { readonly sources: RuleSources },
): Promise<CostReport | undefined> {
  if (options.cost !== true || files.length === 0) return undefined;
  const packs = { ...config.packs, uses: sources.packUses };
  return measureRuleCosts(sources.rules, { clockMs: monotonicMs, limits: config.limits, packs });
}

async function checkRules({ sources, profiles }: RuleGroup, { options, config, cache }: Context): Promise<RuleReport> {
  const progress = terminalProgress();
  try {
    const plan = await loadRules(sources.rules, {
      keepGoing: true,
      packs: { ...config.packs, uses: sources.packUses },
      amend: (files) => amended(files, sources),
      onProgress: progress.onProgress,
      ...cacheOf(options, cache),
    });
    const { allowUnsupported } = sources;
    try {
      // Defaults that packs set for profiles must not conflict, or the server would not start.
      for (const profile of profiles) withPackDefaults(profile, plan.profileDefaults);
      return reportPlan(plan, { allowUnsupported, transformNames: nativeAddon().transformNames() });
    } finally {
      closePlan(plan);
    }
  } catch (thrown) {
    if (thrown instanceof SeclangErrors) return reportErrors(thrown);
    throw thrown;
  } finally {
    progress.stop();
  }
}
