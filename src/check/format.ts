// A rule report as text for people, or as JSON. Formats only.

import { shownProfiles } from '../base/shown-names.ts';
import { shownProblems } from '../seclang/seclang-error.ts';
import { costLines } from './format-cost.ts';
import type { CostReport } from './rule-cost.ts';
import type { PatternReport, RuleReport, SetReport } from './rule-report.ts';

/** The formats of a report. */
export const reportForms = ['human', 'json'] as const;

/** One of the formats. */
export type ReportForm = (typeof reportForms)[number];

/** Formatting options. */
export interface FormatOptions {
  readonly form: ReportForm;
  /** Whether each pattern is listed. */
  readonly withPatterns: boolean;
  /** Profiles whose rules could not be read, so there is no report on them. */
  readonly refused?: readonly string[];
}

/** The report on the rules that some profiles share. */
export interface ProfilesReport {
  /** Names, at least one. */
  readonly profiles: readonly string[];
  readonly report: RuleReport;
  /** The cost of rules, if requested. */
  readonly cost?: CostReport | undefined;
}

/** Sets that people are shown; JSON has all of them. */
const shownSetsMax = 12;
/** Rule ids shown per reason. */
const shownRulesMax = 12;

/**
 * Reports in one of their formats, with a newline at the end: each separately, and a verdict on all if there are several. In JSON
 * the first one, with `isFine` for all, and the others in `others`.
 * @param reports at least one.
 */
export function formatRuleReports(
  reports: readonly ProfilesReport[],
  { form, withPatterns, refused = [] }: FormatOptions,
): string {
  const isOne = reports.length + refused.length === 1;
  if (form === 'json') {
    const isFine = refused.length === 0 && reports.every(({ report }) => report.isFine);
    const [first, ...others] = reports.map((one) => jsonOf(one, withPatterns));
    return `${JSON.stringify({ ...first, isFine, ...(isOne ? {} : { others }) }, undefined, 2)}\n`;
  }
  const lines = reports.flatMap((one) => {
    const own = humanLines(isOne ? one : withProfiles(one), withPatterns);
    return isOne ? own : [shownProfiles(one.profiles), '', ...own, ''];
  });
  return `${[...lines, ...(isOne ? [] : [verdictOnAll(reports, refused)])].join('\n')}\n`;
}

function jsonOf({ profiles, report, cost }: ProfilesReport, withPatterns: boolean): object {
  const { patterns, ...rest } = report;
  const patternCounts = Object.fromEntries(engineCounts(patterns));
  return {
    profiles,
    ...rest,
    patternCounts,
    ...(withPatterns ? { patterns } : {}),
    ...(cost === undefined ? {} : { cost }),
  };
}

/** Each problem with the profiles it belongs to. */
function withProfiles(one: ProfilesReport): ProfilesReport {
  const problems = one.report.problems.map((problem) => ({
    ...problem,
    reason: `${problem.reason} (${shownProfiles(one.profiles)})`,
  }));
  return { ...one, report: { ...one.report, problems } };
}

function verdictOnAll(reports: readonly ProfilesReport[], refused: readonly string[]): string {
  const bad = [...reports.flatMap(({ report, profiles }) => (report.isFine ? [] : profiles)), ...refused];
  const count = reports.flatMap(({ profiles }) => profiles).length;
  return bad.length === 0 ? `fine: the rules of ${count} profiles run` : `FAILED: ${shownProfiles(bad)}`;
}

function humanLines({ report, cost }: ProfilesReport, withPatterns: boolean): string[] {
  const isLoaded = report.files.length > 0;
  return [
    ...problemLines(report, withPatterns),
    ...(isLoaded ? fileLines(report) : []),
    ...(report.patterns.length > 0 ? ['', ...patternSummary(report.patterns)] : []),
    ...(report.sets.length > 0 ? ['', ...setLines(report.sets)] : []),
    ...(withPatterns && report.patterns.length > 0 ? ['', ...patternTable(report.patterns)] : []),
    ...(cost === undefined ? [] : ['', ...costLines(cost)]),
    ...(isLoaded ? ['', `loaded in ${milliseconds(report.loadMs)}`] : []),
    ...report.notices.map((notice) => `notice: ${notice}`),
    verdictLine(report),
  ];
}

function verdictLine({ isFine, problems, loaded, skipped, failed }: RuleReport): string {
  const notices = problems.filter(({ kind }) => kind === 'notice').length;
  if (isFine) return `fine: ${loaded} rules run${notices === 0 ? '' : `, ${notices} notices`}`;
  const syntax = problems.filter(({ kind }) => kind === 'syntax').length;
  if (syntax > 0) return `FAILED: ${syntax} syntax errors; nothing was loaded`;
  if (loaded === 0 && failed + skipped === 0) return 'FAILED: no rules';
  return `FAILED: ${failed} rules or directives failed, ${skipped} skipped`;
}

function problemLines({ problems }: RuleReport, isDetailed: boolean): string[] {
  const shown = problems.filter(({ kind }) => kind !== 'expected' || isDetailed);
  if (shown.length === 0) return [];
  const lines = shown.map(({ kind, file, line, column, ruleId, reason }) => {
    const rule = ruleId === undefined ? '' : `rule ${ruleId} `;
    return `${file}:${line}:${column}: ${rule}${kind === 'syntax' ? '' : `${kind}: `}${reason}`;
  });
  return [...shownProblems(lines), ''];
}

function fileLines({ files, loaded, skipped, failed, folded }: RuleReport): string[] {
  const rows = files.map((file) => [file.file, `${file.loaded}`, `${file.skipped}`, `${file.failed}`]);
  const total = [`in ${files.length} files`, `${loaded}`, `${skipped}`, `${failed}`];
  return [
    ...table([['rules', 'loaded', 'skipped', 'failed'], ...rows, total]),
    `${folded} of the loaded rules were constant-folded at load`,
  ];
}

/** Patterns of rules that can run, by engine; `unused` are those of rules that can never run. */
function engineCounts(patterns: readonly PatternReport[]): Map<PatternReport['engine'] | 'unused', number> {
  const counts = new Map<PatternReport['engine'] | 'unused', number>([
    ['hyperscan', 0],
    ['re2', 0],
    ['detector', 0],
    ['script', 0],
    ['unused', 0],
  ]);
  for (const { engine, ruleIds } of patterns) {
    const column = ruleIds.length > 0 ? engine : 'unused';
    counts.set(column, (counts.get(column) ?? 0) + 1);
  }
  return counts;
}

function patternSummary(patterns: readonly PatternReport[]): string[] {
  const byReason = new Map<string, Set<number>>();
  for (const { engine, why, ruleIds } of patterns) {
    if (engine !== 're2' || ruleIds.length === 0) continue;
    const ids = byReason.get(why) ?? new Set();
    for (const id of ruleIds) ids.add(id);
    byReason.set(why, ids);
  }
  const { unused = 0, ...used } = Object.fromEntries(engineCounts(patterns));
  const counts = Object.entries(used).map(([engine, count]) => `${count} ${engine}`);
  return [
    `patterns: ${counts.join(', ')}`,
    ...[...byReason].map(([why, ids]) => `  re2, because ${why}: ${rulesOf([...ids])}`),
    ...(unused > 0
      ? [`  ${unused} more belong to rules that can never run with these settings, and are not compiled`]
      : []),
  ];
}

function rulesOf(ids: readonly number[]): string {
  const more = ids.length > shownRulesMax ? `, and ${ids.length - shownRulesMax} more` : '';
  return `rule${ids.length === 1 ? '' : 's'} ${ids.slice(0, shownRulesMax).join(', ')}${more}`;
}

function setLines(sets: readonly SetReport[]): string[] {
  const sum = (value: (set: SetReport) => number): number => sets.reduce((total, set) => total + value(set), 0);
  const cached = sets.filter(({ fromCache }) => fromCache).length;
  const largest = [...sets].sort((a, b) => b.databaseBytes - a.databaseBytes).slice(0, shownSetsMax);
  const rows = largest.map((set) => [
    chainText(set.chain),
    `${set.patternCount}`,
    `${set.re2PatternCount}`,
    bytes(set.databaseBytes),
    `${set.streamBytes} B`,
    set.fromCache ? 'cache' : milliseconds(set.compileMs),
  ]);
  const rest = sets.length - largest.length;
  return [
    `pattern sets: ${sets.length}, ${bytes(sum((set) => set.databaseBytes))}, stream state ${bytes(sum((set) => set.streamBytes))}, ${cached} from the cache, ${milliseconds(sum((set) => set.compileMs))} of compilation`,
    ...table([
      ['  chain', 'patterns', 're2', 'size', 'stream', 'compiled'],
      ...rows.map(([chain, ...row]) => [`  ${chain}`, ...row]),
    ]),
    ...(rest > 0 ? [`  and ${rest} smaller ones`] : []),
  ];
}

function patternTable(patterns: readonly PatternReport[]): string[] {
  const rows = patterns.map(({ id, chain, operator, engine, why, ruleIds }) => [
    `${id}`,
    chainText(chain),
    `@${operator}`,
    // Not compiled: neither counted nor listed under an engine.
    ruleIds.length === 0 ? '-' : engine,
    ruleIds.length > 3 ? `${ruleIds.slice(0, 3).join(' ')} …` : ruleIds.join(' '),
    ruleIds.length === 0 ? 'not compiled: its rules can never run' : why,
  ]);
  return table([['id', 'chain', 'operator', 'engine', 'rules', 'why'], ...rows], 'left');
}

function chainText(chain: readonly string[] | undefined): string {
  if (chain === undefined) return '(several)';
  return chain.length === 0 ? 'none' : chain.join(',');
}

/** Columns of equal width; all but the first are right-aligned by default. */
function table(rows: readonly (readonly string[])[], align: 'left' | 'right' = 'right'): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 || align === 'left' ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${(count / 1024).toFixed(1)} KiB`;
  return `${(count / 1024 / 1024).toFixed(1)} MiB`;
}

function milliseconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
