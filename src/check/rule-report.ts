// The result of loading rules as one plain value: rules by file, problems with their locations, patterns, pattern sets, costs.
// Knows plans; knows no command line and no output format.

import type { PatternEngine } from '../matching/native.ts';
import type { PatternSet } from '../matching/pattern-set.ts';
import type { Diagnostic } from '../plan/diagnostics.ts';
import { rulesOfPhase } from '../plan/phase-step.ts';
import type { PatternId, Plan } from '../plan/plan.ts';
import type { Location } from '../seclang/ast.ts';
import type { SeclangErrors } from '../seclang/seclang-error.ts';

/** Something in a rule file that was not used as written. `syntax`: the text cannot be parsed. */
export interface RuleProblem extends Location {
  readonly kind: 'syntax' | Diagnostic['kind'];
  /** Absent for directives, and for rules without id. */
  readonly ruleId?: number;
  readonly reason: string;
}

/** The result for one file. */
export interface FileReport {
  readonly file: string;
  /** Rules that run, chains counted once. */
  readonly loaded: number;
  readonly skipped: number;
  readonly failed: number;
}

/** One distinct (pattern, transformation chain). */
export interface PatternReport {
  readonly id: number;
  readonly operator: string;
  /** Names of the transformations, in order. */
  readonly chain: readonly string[];
  readonly engine: PatternEngine | 'script';
  /** Why the engine is not Hyperscan; empty if it is. */
  readonly why: string;
  /** Rules that use it, in any link. */
  readonly ruleIds: readonly number[];
}

/** One native pattern set. Literals of a phrase list count individually. */
export interface SetReport {
  /** The chain whose output it scans; absent for a set that serves several chains. */
  readonly chain: readonly string[] | undefined;
  readonly patternCount: number;
  readonly re2PatternCount: number;
  readonly databaseBytes: number;
  /** Memory for each long field that is being scanned. */
  readonly streamBytes: number;
  readonly compileMs: number;
  readonly fromCache: boolean;
}

/** The whole report. If rule text cannot be parsed, nothing is loaded: everything except `problems` is empty then. */
export interface RuleReport {
  /** Whether `weir serve` would start with these rules. */
  readonly isFine: boolean;
  readonly loaded: number;
  readonly skipped: number;
  readonly failed: number;
  /** Loaded rules that were constant-folded at load. */
  readonly folded: number;
  readonly files: readonly FileReport[];
  readonly problems: readonly RuleProblem[];
  readonly notices: readonly string[];
  readonly patterns: readonly PatternReport[];
  readonly sets: readonly SetReport[];
  /** Milliseconds from the first byte read until the rules are ready. */
  readonly loadMs: number;
}

/** Information besides the plan. */
export interface ReportOptions {
  /** Skipped rules are reported without failing. */
  readonly allowUnsupported: boolean;
  /** Names of transformations; the index is the id. */
  readonly transformNames: readonly string[];
}

/** The report of a plan that was loaded with `keepGoing`. */
export function reportPlan(plan: Plan, { allowUnsupported, transformNames }: ReportOptions): RuleReport {
  const { diagnostics } = plan;
  const problems = diagnostics.problems.map(problemOf);
  const count = (kind: RuleProblem['kind']): number => problems.filter((problem) => problem.kind === kind).length;
  const skipped = count('skipped');
  const failed = count('failed');
  const chainOf = (ids: readonly number[]): readonly string[] => ids.map((id) => transformNames[id] ?? `#${id}`);
  const loaded = diagnostics.loadedCount;
  const ruleIds = ruleIdsByPattern(plan);
  return {
    isFine: loaded > 0 && failed === 0 && (skipped === 0 || allowUnsupported),
    loaded,
    skipped,
    failed,
    folded: diagnostics.foldedCount,
    files: fileReports(diagnostics.loadedByFile, problems),
    problems,
    notices: plan.notices,
    patterns: plan.patterns.map((pattern) => ({
      id: pattern.id,
      operator: pattern.operator,
      chain: chainOf(pattern.transformations),
      engine: pattern.engine,
      why: pattern.engineReason ?? '',
      ruleIds: [...(ruleIds.get(pattern.id) ?? [])],
    })),
    sets: plan.sets.map((set) => setReport(set, plan, chainOf)),
    loadMs: diagnostics.loadMs,
  };
}

/** The report on rule text that cannot be parsed. */
export function reportErrors({ errors }: SeclangErrors): RuleReport {
  const problems = errors.map(({ location, message }): RuleProblem => {
    const place = `${location.file}:${location.line}:${location.column}: `;
    return { kind: 'syntax', ...location, reason: message.startsWith(place) ? message.slice(place.length) : message };
  });
  return {
    isFine: false,
    loaded: 0,
    skipped: 0,
    failed: 0,
    folded: 0,
    files: [],
    problems,
    notices: [],
    patterns: [],
    sets: [],
    loadMs: 0,
  };
}

function problemOf({ kind, location, ruleId, reason }: Diagnostic): RuleProblem {
  return { kind, ...location, ...(ruleId === undefined ? {} : { ruleId }), reason };
}

/** Files in order of first appearance. */
function fileReports(loadedByFile: ReadonlyMap<string, number>, problems: readonly RuleProblem[]): FileReport[] {
  const files = new Set([...loadedByFile.keys(), ...problems.map(({ file }) => file)]);
  return [...files].map((file) => {
    const count = (kind: RuleProblem['kind']): number =>
      problems.filter((problem) => problem.file === file && problem.kind === kind).length;
    return { file, loaded: loadedByFile.get(file) ?? 0, skipped: count('skipped'), failed: count('failed') };
  });
}

function ruleIdsByPattern(plan: Plan): ReadonlyMap<PatternId, ReadonlySet<number>> {
  const byPattern = new Map<PatternId, Set<number>>();
  for (const rule of plan.phases.flatMap(rulesOfPhase)) {
    for (const { operator } of rule.links) {
      if (operator.kind === 'none') continue;
      for (const pattern of operator.kind === 'pattern'
        ? [...operator.patterns, ...operator.native]
        : operator.patterns) {
        const ids = byPattern.get(pattern);
        if (ids === undefined) byPattern.set(pattern, new Set([rule.id]));
        else ids.add(rule.id);
      }
    }
  }
  return byPattern;
}

function setReport(set: PatternSet, plan: Plan, chainOf: (ids: readonly number[]) => readonly string[]): SetReport {
  const own = plan.patterns.find((pattern) => pattern.native?.set === set);
  return { chain: own && chainOf(own.transformations), ...set.report };
}
