// The result of loading each rule: loaded, skipped or failed, with file, line and reason. Prints nothing.

import type { Location } from '../seclang/ast.ts';

/** Something in a rule file that was not used as written. */
export interface Diagnostic {
  /**
   * `failed`: invalid. `skipped`: valid but not supported; the rule does not run. `notice`: it runs without effect, which is
   * seldom intended. `ignored`: without effect in Weir. `expected`: like `notice`, where that is intended.
   */
  readonly kind: 'failed' | 'skipped' | 'notice' | 'ignored' | 'expected';
  readonly location: Location;
  /** Absent for directives and rules without id. */
  readonly ruleId: number | undefined;
  readonly reason: string;
}

/** The result of loading, rule by rule. */
export interface Diagnostics {
  /** Rules that run, chains counted once. */
  readonly loadedCount: number;
  readonly loadedByFile: ReadonlyMap<string, number>;
  readonly problems: readonly Diagnostic[];
  /** How many of them have the same outcome for every request and were constant-folded at load. */
  readonly foldedCount: number;
  /** Milliseconds from the first byte read until the plan is ready. */
  readonly loadMs: number;
}

/** `file:line:column: rule 942100 skipped: reason`, for people. */
export function describeDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column } = diagnostic.location;
  const rule = diagnostic.ruleId === undefined ? '' : `rule ${diagnostic.ruleId} `;
  return `${file}:${line}:${column}: ${rule}${diagnostic.kind}: ${diagnostic.reason}`;
}

/** Whether a diagnostic is shown to the user at start without asking. */
export function isRemarkable({ kind }: Pick<Diagnostic, 'kind'>): boolean {
  return kind === 'failed' || kind === 'skipped' || kind === 'notice';
}

/** Collects diagnostics while rules compile. */
export class DiagnosticLog {
  readonly #problems: Diagnostic[] = [];
  readonly #loadedByFile = new Map<string, number>();
  #loadedCount = 0;

  loaded(location: Location): void {
    this.#loadedCount += 1;
    this.#loadedByFile.set(location.file, (this.#loadedByFile.get(location.file) ?? 0) + 1);
  }

  add(kind: Diagnostic['kind'], problem: { location: Location; ruleId?: number | undefined; reason: string }): void {
    this.#problems.push({ kind, location: problem.location, ruleId: problem.ruleId, reason: problem.reason });
  }

  get problems(): readonly Diagnostic[] {
    return this.#problems;
  }

  finish(end: { readonly foldedCount: number; readonly loadMs: number }): Diagnostics {
    return {
      loadedCount: this.#loadedCount,
      loadedByFile: this.#loadedByFile,
      problems: this.#problems,
      ...end,
    };
  }
}
