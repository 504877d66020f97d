// All problems of a pack, folder or archive, in order of location. The checks are in their own files.

import { join } from 'node:path';
import { monotonicMs } from '../base/clock.ts';
import { constants } from '../base/constants.ts';
import { asWafError, WafError } from '../base/errors.ts';
import { type CostOptions, measureRuleCosts } from '../check/rule-cost.ts';
import { reportPlan } from '../check/rule-report.ts';
import { compileLoaded } from '../compile/compile.ts';
import { asProfileWants, defaultProfile } from '../config/pack-defaults.ts';
import { nativeAddon } from '../matching/native.ts';
import { readArchive } from '../pack/archive.ts';
import { isPackArchive } from '../pack/is-pack.ts';
import { type OpenPack, openFiles, readBounded } from '../pack/open-pack.ts';
import { byItself, openRules } from '../pack/open-rules.ts';
import { readPackFolder } from '../pack/pack-folder.ts';
import { closePlan } from '../plan/close-plan.ts';
import { rulesOfPhase } from '../plan/phase-step.ts';
import type { Plan } from '../plan/plan.ts';
import type { Location, Rule, RuleFile } from '../seclang/ast.ts';
import type { SeclangError } from '../seclang/seclang-error.ts';
import { type Finding, type FindingKind, findingAt } from './finding.ts';
import { lintManifest } from './lint-manifest.ts';
import { lintPatterns } from './lint-patterns.ts';
import { lintStatements } from './lint-rules.ts';
import { lintShadows } from './lint-shadows.ts';
import { lintCoverage, lintOutcomes, testsOf } from './lint-tests.ts';

/** Options of lint. */
export interface LintOptions {
  /** Whether each rule is measured, which takes some hundredths of a second per rule. */
  readonly withCost?: boolean;
  /** Whether tests run. Default: true. */
  readonly withTests?: boolean;
  /** A monotonic clock for measurements, milliseconds. Default: the machine's. */
  readonly clockMs?: () => number;
}

/** A rule is reported if it costs this many times the median of its pack, and at least a minimum. */
const costRatioMax = 20;
const costMicrosecondsMin = 20;

/** The files of a pack. @throws WafError `pack.malformed`. */
export async function filesOfPack(path: string): Promise<ReadonlyMap<string, Uint8Array>> {
  if (!isPackArchive(path)) return readPackFolder(path);
  return readArchive(readBounded(path, constants.packArchiveBytesMax));
}

/**
 * The problems of a pack, by file and line.
 * @param path the prefix of locations.
 * @throws WafError `config.invalid` for a manifest or tests that cannot be read.
 */
export async function lintPack(
  path: string,
  files: ReadonlyMap<string, Uint8Array>,
  options: LintOptions = {},
): Promise<readonly Finding[]> {
  const { manifest, ...opened } = openIncomplete(path, files);
  // Its dependencies are not available; conflicts with them show when both are loaded.
  const pack = byItself({ ...opened, manifest, signers: [] });
  const read = await openRules([pack]);
  const rules = rulesOf(read.written);
  const findings: Finding[] = [
    ...lintManifest(manifest, rules, join(path, 'pack.yaml')),
    ...read.errors.map(findingOfError),
    ...lintStatements(rules),
    ...lintShadows(read.files.flatMap(({ statements }) => statements)),
    ...lintPatterns(rules),
  ];
  const tests = testsOf(files, (name) => join(path, name));
  findings.push(...lintCoverage(rules, tests));
  const profile = defaultProfile(read);
  const plan = await compileLoaded({ ...read, errors: [] }, { keepGoing: true });
  try {
    findings.push(...lintPlan(plan));
    if (options.withTests !== false) {
      findings.push(...(await lintOutcomes(asProfileWants(plan, profile), tests, profile)));
    }
  } finally {
    closePlan(plan);
  }
  if (options.withCost === true) {
    const { clockMs = monotonicMs } = options;
    findings.push(...(await lintCosts(pack, { clockMs, limits: profile.limits })));
  }
  return distinct(findings).toSorted(byPlace);
}

/** The pack, with a placeholder for a missing name or version, which is a finding. */
function openIncomplete(path: string, files: ReadonlyMap<string, Uint8Array>): ReturnType<typeof openFiles> {
  try {
    return openFiles(path, files, new Uint8Array());
  } catch (thrown) {
    const error = asWafError(thrown);
    throw error.code === 'config.invalid' ? error : new WafError(error.code, `${path}: ${error.message}`);
  }
}

/** The rules as written. */
function rulesOf(files: readonly RuleFile[]): readonly Rule[] {
  return files
    .flatMap(({ statements }) => statements)
    .filter((statement): statement is Rule => statement.kind === 'rule' || statement.kind === 'action');
}

function findingOfError({ location, message }: SeclangError): Finding {
  const place = `${location.file}:${location.line}:${location.column}: `;
  const reason = message.startsWith(place) ? message.slice(place.length) : message;
  return findingAt(kindOfReason(reason), location, reason);
}

function kindOfReason(reason: string): FindingKind {
  if (reason.includes("the pack's ids are")) return 'id-range';
  if (reason.includes('gives it no maturity')) return 'maturity-missing';
  return reason.includes('is already used at') ? 'id-taken' : 'rule-refused';
}

function lintPlan(plan: Plan): readonly Finding[] {
  const report = reportPlan(plan, { allowUnsupported: false, transformNames: nativeAddon().transformNames() });
  const problems = report.problems.flatMap((problem): readonly Finding[] => {
    const { kind, reason, ruleId } = problem;
    if (kind === 'failed' || kind === 'skipped') return [findingAt(kindOfReason(reason), problem, reason, ruleId)];
    return kind === 'notice' ? [findingAt('never-matches', problem, reason, ruleId)] : [];
  });
  const places = new Map<number, Location>();
  for (const { id, location } of plan.phases.flatMap(rulesOfPhase)) places.set(id, location);
  const slow = report.patterns.flatMap(({ engine, why, ruleIds }) => {
    const [ruleId] = ruleIds;
    const place = ruleId === undefined ? undefined : places.get(ruleId);
    if (engine !== 're2' || place === undefined) return [];
    const message = `only RE2 can run a pattern: ${why}; long values are scanned in overlapping windows`;
    return [findingAt('slow-engine', place, message, ruleId)];
  });
  return [...problems, ...slow];
}

async function lintCosts(pack: OpenPack, options: CostOptions): Promise<readonly Finding[]> {
  const report = await measureRuleCosts([pack], options);
  const median = report.medianMicrosecondsPerKiB;
  return report.rules
    .filter(({ microsecondsPerKiB: cost }) => cost >= costMicrosecondsMin && cost > costRatioMax * median)
    .map((rule) => {
      const costs = `${rule.microsecondsPerKiB.toFixed(1)} us per KiB, but the median is ${median.toFixed(1)}`;
      return findingAt('expensive', rule, costs, rule.ruleId);
    });
}

function distinct(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Map(findings.map((finding) => [JSON.stringify(finding), finding]));
  return [...seen.values()];
}

function byPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
