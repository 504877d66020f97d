// A link context as the plan compiler makes it, for tests of the compiler's parts.

import { draftLink, type LinkContext, type LinkDraft } from '../../src/compile/link-compiler.ts';
import { PatternRegistry } from '../../src/compile/pattern-registry.ts';
import { RetentionList } from '../../src/compile/retention.ts';
import { compileActions } from '../../src/compile/rule-actions.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { translateRegex } from '../../src/pattern/regex-dialect.ts';
import type { Rule } from '../../src/seclang/ast.ts';
import type { DataLine } from '../../src/seclang/data-file.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';

/** Lines as they are read from a data file. */
export function dataLinesOf(lines: readonly string[]): readonly DataLine[] {
  return lines.map((text, index) => ({
    text,
    location: { file: 'a.data', line: index + 1, column: 1 },
    isShown: true,
  }));
}

/** A new context, in which every data file contains the given lines. */
export function linkContext(lines: readonly string[] = []): LinkContext {
  return {
    registry: new PatternRegistry(),
    retentions: new RetentionList(),
    readData: () => dataLinesOf(lines),
    translate: translateRegex,
    transformationIds: new Map(
      nativeAddon()
        .transformNames()
        .map((name, id) => [name, id]),
    ),
    numberSearches: [],
  };
}

/** The first rule in a text. */
export function ruleOf(text: string): Rule {
  const { file, errors } = parseRuleText('a.conf', text);
  if (errors[0] !== undefined) throw errors[0];
  return file.statements[0] as Rule;
}

/** The first rule in a text, as a draft of one link. */
export function draftOf(text: string, context: LinkContext, inherited: readonly string[] = []): LinkDraft {
  const rule = ruleOf(text);
  return draftLink(rule, compileActions(rule.actions), { ...context, inherited });
}
