// The report of a replay, for people and for programs. Formats only.

import { quoteText } from '../explain/show-value.ts';
import type { Change, Outcome, ReplayReport } from './replay.ts';

/** The report formats. */
export const replayForms = ['human', 'json'] as const;

/** One of the formats. */
export type ReplayForm = (typeof replayForms)[number];

/** Characters of a target that are shown. */
const shownUnitsMax = 100;

/** The report, with a newline at the end. */
export function formatReplay(report: ReplayReport, form: ReplayForm): string {
  if (form === 'json') return `${JSON.stringify(report, undefined, 2)}\n`;
  const { total, partial, verdicts, matches } = report;
  const lines = [
    ...section('verdict changes', verdicts),
    ...section('same verdict, other rules', matches),
    `${total} exchanges: ${verdicts.length} verdicts change, ${matches.length} stay the same by other rules`,
    ...(partial === 0
      ? []
      : [`${partial} of them were not recorded whole: rules that look at what is missing cannot match`]),
  ];
  return `${lines.join('\n')}\n`;
}

function section(title: string, changes: readonly Change[]): readonly string[] {
  return changes.length === 0 ? [] : [`${title}:`, ...changes.flatMap(changeLines)];
}

function changeLines({ name, method, target, missing, before, after }: Change): readonly string[] {
  return [
    `  ${quoteText(name, shownUnitsMax)} ${quoteText(`${method} ${target}`, shownUnitsMax)}`,
    `    before: ${outcomeText(before)}`,
    `    after:  ${outcomeText(after)}`,
    ...(missing.length === 0 ? [] : [`    without ${missing.join(', ')}`]),
  ];
}

function outcomeText({ verdict, ruleIds }: Outcome): string {
  return `${verdict}${ruleIds.length === 0 ? '' : `, rules ${ruleIds.join(' ')}`}`;
}
