// The kinds of lint findings: one row each, with its meaning. Finds nothing itself.

import type { Location } from '../seclang/ast.ts';

/** Severity. An error prevents a pack from being built. */
export type FindingLevel = 'error' | 'warning' | 'note';

/** Kinds of findings with severity and meaning. Each has a section in docs/packs.md. */
export const findingKinds = {
  'manifest-incomplete': { level: 'error', summary: 'pack.yaml lacks required information' },
  'rule-refused': { level: 'error', summary: 'a rule or directive cannot be read, or cannot run' },
  'id-range': { level: 'error', summary: "the id of a rule is not in the pack's range" },
  'id-taken': { level: 'error', summary: 'two rules have the same id' },
  'maturity-missing': { level: 'error', summary: 'pack.yaml gives a rule no maturity' },
  'id-gone': { level: 'error', summary: 'pack.yaml is wrong about an old id' },
  'setting-unused': { level: 'error', summary: 'no rule reads a setting' },
  'test-attack': { level: 'error', summary: 'no test shows that the rule matches an attack' },
  'test-near-miss': { level: 'error', summary: 'no test shows that the rule ignores similar harmless text' },
  'test-fails': { level: 'error', summary: 'a test of the pack fails' },
  'never-matches': { level: 'warning', summary: 'the rule can never match' },
  shadowed: { level: 'warning', summary: 'another rule always acts before this one' },
  'transform-none': { level: 'warning', summary: 'transformations from another file come before those of the rule' },
  'capture-unused': { level: 'warning', summary: 'capture is not used' },
  'message-missing': { level: 'warning', summary: 'a rule that logs has no message' },
  'tag-missing': { level: 'warning', summary: 'a rule that logs has no tag' },
  'tag-odd': { level: 'warning', summary: 'a tag has unusual characters' },
  expensive: { level: 'warning', summary: 'the rule is many times more expensive than the others' },
  'targets-forgotten': { level: 'note', summary: 'the rule looks at values but not at related targets' },
  backtracking: { level: 'note', summary: 'backtracking engines would take long for the pattern' },
  'slow-engine': { level: 'note', summary: 'only RE2 can run the pattern' },
} as const satisfies Record<string, { readonly level: FindingLevel; readonly summary: string }>;

/** The name of a kind. */
export type FindingKind = keyof typeof findingKinds;

/** One finding. */
export interface Finding extends Location {
  readonly kind: FindingKind;
  readonly ruleId?: number | undefined;
  readonly message: string;
}

/** Creates a finding. */
export function findingAt(kind: FindingKind, location: Location, message: string, ruleId?: number): Finding {
  const { file, line, column } = location;
  return { kind, file, line, column, message, ...(ruleId === undefined ? {} : { ruleId }) };
}

/** The section that explains a kind, relative to the documentation. */
export function explanationOf(kind: FindingKind): string {
  return `docs/packs.md#lint-${kind}`;
}

/** Whether any finding prevents a pack from being built. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ kind }) => findingKinds[kind].level === 'error');
}
