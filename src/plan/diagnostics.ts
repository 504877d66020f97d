// What happened to every rule at load: loaded, skipped or failed, with file, line and reason. Prints nothing.

import type { Location } from '../seclang/ast.ts';

/** Something a rule file says that was not taken as it stands. */
export interface Diagnostic {
  /**
   * `failed`: wrong in itself. `skipped`: right, but not supported; the rule does not run. `notice`: it runs and does nothing, which
   * is seldom meant. `ignored`: without effect here. `expected`: as `notice`, where that is how it is meant to be.
   */
  readonly kind: 'failed' | 'skipped' | 'notice' | 'ignored' | 'expected';
  readonly location: Location;
  /** Absent for directives and rules without id. */
  readonly ruleId: number | undefined;
  readonly reason: string;
}

/** How loading went, rule by rule. */
export interface Diagnostics {
  /** Rules that run, chains counted once. */
  readonly loadedCount: number;
  readonly loadedByFile: ReadonlyMap<string, number>;
  readonly problems: readonly Diagnostic[];
  /** How many of them have the same outcome for every request and were constant-folded at load. */
  readonly foldedCount: number;
  /** Milliseconds from first byte read to plan ready. */
  readonly loadMs: number;
}

/** `file:line:column: rule 942100 skipped: reason`, as people read it. */
export function describeDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column } = diagnostic.location;
  const rule = diagnostic.ruleId === undefined ? '' : `rule ${diagnostic.ruleId} `;
  return `${file}:${line}:${column}: ${rule}${diagnostic.kind}: ${diagnostic.reason}`;
}

/** Kinds that whoever starts Weir is told of without asking. */
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
