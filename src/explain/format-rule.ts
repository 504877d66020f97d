// What happened to one rule, as lines for people. Formats only.

import type { Excerpt, ExplainedMiss, ExplainedMissedLink, ExplainedRule } from './explanation.ts';
import { printableText, quoteText } from './show-value.ts';

/** Units of a value that people are shown. */
const shownUnitsMax = 120;

const outcomes: Readonly<Record<ExplainedRule['outcome'], string>> = {
  match: 'matched',
  'no-match': 'did not match',
  removed: 'did not run: ctl:ruleRemove… of an earlier rule removed it',
  'not-reached': 'did not run: its phase had ended before it, or an earlier rule skipped it',
  folded: 'does not depend on the exchange: it was constant-folded when the rules were loaded',
};

/** Lines about the rule. @param matched the lines of its links that matched. */
export function ruleLines(rule: ExplainedRule, matched: readonly string[]): string[] {
  const phase = rule.phase === 0 ? '' : ` (phase ${rule.phase})`;
  return [
    `rule ${rule.ruleId}${phase} ${outcomes[rule.outcome]}`,
    ...(rule.phase === 0 ? [] : [`    at ${rule.file}:${rule.line}`]),
    ...matched,
    ...(rule.missed === undefined ? [] : missedLines(rule.missed)),
  ];
}

function missedLines({ line, operator, argument, targets }: ExplainedMissedLink): string[] {
  const shown = printableText(operator);
  const cut = shown.length > shownUnitsMax ? `${shown.slice(0, shownUnitsMax)}…` : shown;
  const expanded = argument === undefined ? '' : `, which is ${quoteText(argument, shownUnitsMax)}`;
  return [
    `    did not match: ${cut}${expanded} (line ${line})`,
    ...targets.flatMap(({ target, values, moreValues }) => [
      ...(values.length === 0 ? [`      ${printableText(target)}: no value`] : values.flatMap(valueLines)),
      ...(moreValues > 0 ? [`      and ${moreValues} more values of ${printableText(target)}`] : []),
    ]),
  ];
}

const fates: Readonly<Record<ExplainedMiss['fate'], string>> = {
  tested: '',
  excluded: ': excluded by the rule',
  removed: ': removed from the rule by ctl:ruleRemoveTarget…',
};

function valueLines({ variable, isReading, received, steps, fate }: ExplainedMiss): string[] {
  const rows: (readonly [string, Excerpt])[] = [
    ['received', received],
    ...(fate === 'tested' ? steps.map(({ transformation, value }) => [`t:${transformation}`, value] as const) : []),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    `      ${printableText(variable)}${isReading === true ? ' (alternate reading)' : ''}${fates[fate]}`,
    ...rows.map(([label, value]) => `        ${label.padEnd(width)}  ${valueText(value)}`),
  ];
}

function valueText({ text, length }: Excerpt): string {
  const isPart = length !== undefined && length > text.length;
  return `${quoteText(text, shownUnitsMax)}${isPart ? ` (the beginning of ${length} bytes)` : ''}`;
}
