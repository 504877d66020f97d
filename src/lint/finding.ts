// What lint can find in a pack: one row each, with what it means. Finds nothing itself.

import type { Location } from '../seclang/ast.ts';

/** How bad it is. An error keeps a pack from being built. */
export type FindingLevel = 'error' | 'warning' | 'note';

/** Kinds of finding: how bad each is, and what it says in general. Each has a section in docs/packs.md. */
export const findingKinds = {
  'manifest-incomplete': { level: 'error', summary: 'pack.yaml does not say what others must know' },
  'rule-refused': { level: 'error', summary: 'a rule or directive cannot be read, or cannot run' },
  'id-range': { level: 'error', summary: 'the id of a rule is not among those of the pack' },
  'id-taken': { level: 'error', summary: 'two rules have one id' },
  'maturity-missing': { level: 'error', summary: 'pack.yaml gives a rule no maturity' },
  'id-gone': { level: 'error', summary: 'what pack.yaml says of an old id is not so' },
  'setting-unused': { level: 'error', summary: 'no rule reads a setting' },
  'test-attack': { level: 'error', summary: 'no test shows that the rule matches an attack' },
  'test-near-miss': { level: 'error', summary: 'no test shows that the rule lets something similar pass' },
  'test-fails': { level: 'error', summary: 'a test of the pack fails' },
  'never-matches': { level: 'warning', summary: 'the rule can never match' },
  shadowed: { level: 'warning', summary: 'another rule has always acted before the rule could' },
  'transform-none': { level: 'warning', summary: 'transformations of somebody else come before those of the rule' },
  'capture-unused': { level: 'warning', summary: 'capture without a use of what is captured' },
  'message-missing': { level: 'warning', summary: 'a rule that is reported says nothing' },
  'tag-missing': { level: 'warning', summary: 'a rule that is reported has no tag' },
  'tag-odd': { level: 'warning', summary: 'a tag is not as others expect it' },
  expensive: { level: 'warning', summary: 'the rule costs many times what the rules of the pack cost' },
  'targets-forgotten': { level: 'note', summary: 'the rule looks at values and not at what stands beside them' },
  backtracking: { level: 'note', summary: 'engines that backtrack would take long for the pattern' },
  'slow-engine': { level: 'note', summary: 'only RE2 can run the pattern' },
} as const satisfies Record<string, { readonly level: FindingLevel; readonly summary: string }>;

/** The name of a kind. */
export type FindingKind = keyof typeof findingKinds;

/** One thing that was found. */
export interface Finding extends Location {
  readonly kind: FindingKind;
  readonly ruleId?: number | undefined;
  readonly message: string;
}

/** A finding at a place. */
export function findingAt(kind: FindingKind, location: Location, message: string, ruleId?: number): Finding {
  const { file, line, column } = location;
  return { kind, file, line, column, message, ...(ruleId === undefined ? {} : { ruleId }) };
}

/** Where a kind is explained, from the top of the documentation. */
export function explanationOf(kind: FindingKind): string {
  return `docs/packs.md#lint-${kind}`;
}

/** Whether one of the findings keeps a pack from being built. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ kind }) => findingKinds[kind].level === 'error');
}
