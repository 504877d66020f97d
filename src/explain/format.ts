// An explanation as text for people, or as JSON. Formats only.

import type { Excerpt, ExplainedLink, ExplainedMatch, ExplainedValue, Explanation } from './explanation.ts';
import { ruleLines } from './format-rule.ts';
import { printableText, quoteText } from './show-value.ts';

/** The formats of an explanation. */
export const explanationForms = ['human', 'json'] as const;

/** One of the formats. */
export type ExplanationForm = (typeof explanationForms)[number];

/** Formatting options. */
export interface FormatOptions {
  readonly form: ExplanationForm;
  /** Include bookkeeping rules, and fields that contain only names of other fields. */
  readonly isComplete: boolean;
}

/** Units of a value that people are shown. */
const shownUnitsMax = 120;
const shownFieldsMax = 60;

/** The explanation in one of its formats, with a newline at its end. */
export function formatExplanation(explanation: Explanation, { form, isComplete }: FormatOptions): string {
  if (form === 'json') return `${JSON.stringify(explanation, undefined, 2)}\n`;
  return `${humanLines(explanation, isComplete).join('\n')}\n`;
}

function humanLines(explanation: Explanation, isComplete: boolean): string[] {
  const { rule } = explanation;
  if (rule !== undefined) {
    const matched = rule.links.flatMap((link) => linkLines(link, rule.line));
    return [...ruleLines(rule, matched), '', ...unseenLines(explanation), verdictLine(explanation)];
  }
  const matches = explanation.matches.filter(({ isReported }) => isReported || isComplete);
  const quiet = explanation.matches.length - matches.length;
  return [
    ...fieldLines(explanation, isComplete),
    ...Object.entries(explanation.facts).map(([name, value]) => `  ${name} is ${quoteText(value, shownUnitsMax)}`),
    '',
    matches.length === 0 ? 'no rule matched' : 'matches',
    ...matches.flatMap(matchLines),
    ...partLines(explanation, isComplete),
    ...(quiet > 0 ? [`  ${quiet} bookkeeping rules matched too (--all shows them)`] : []),
    '',
    ...unseenLines(explanation),
    verdictLine(explanation),
  ];
}

function fieldLines({ fields, moreFields }: Explanation, isComplete: boolean): string[] {
  const wanted = fields.filter(({ kind }) => isComplete || !kind.endsWith('_NAMES'));
  const shown = isComplete ? wanted : wanted.slice(0, shownFieldsMax);
  const more = wanted.length - shown.length + moreFields;
  const names = shown.map(({ kind, name }) => (name === '' ? kind : `${kind}:${printableText(name)}`));
  const width = Math.min(40, Math.max(0, ...names.map((name) => name.length)));
  return [
    'fields',
    ...shown.map(
      ({ value, isReading }, index) =>
        `  ${(names[index] ?? '').padEnd(width)}  ${valueText(value)}${readingText(isReading)}`,
    ),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function readingText(isReading: true | undefined): string {
  return isReading === true ? ' (alternate reading)' : '';
}

function valueText(value: Excerpt): string {
  const text = quoteText(value.text, shownUnitsMax);
  const length = value.length ?? value.text.length;
  return length > shownUnitsMax ? `${text.replace(/…$/, '')}… (${length} bytes)` : text;
}

function matchLines(match: ExplainedMatch): string[] {
  const severity = match.severity === undefined ? '' : `, ${match.severity}`;
  const message = match.message === '' ? '' : `: ${printableText(match.message)}`;
  const { inboundScore, outboundScore } = match;
  return [
    `  rule ${match.ruleId} (phase ${match.phase}${severity}, ${match.action})${message}`,
    `    at ${match.file}:${match.line}`,
    ...(match.tags.length > 0 ? [`    tags ${match.tags.map(printableText).join(', ')}`] : []),
    ...match.links.flatMap((link) => linkLines(link, match.line)),
    ...(match.logData === '' ? [] : [`    logged ${quoteText(match.logData, 2 * shownUnitsMax)}`]),
    `    score ${inboundScore} inbound, ${outboundScore} outbound`,
  ];
}

/** Chains that began to match. */
function partLines({ parts }: Explanation, isComplete: boolean): string[] {
  if (parts.length === 0) return [];
  if (!isComplete) return [`  ${parts.length} chains matched in part (--all shows them)`];
  return parts.flatMap((part) => [
    `  rule ${part.ruleId} (phase ${part.phase}) matched in part`,
    `    at ${part.file}:${part.line}`,
    ...part.links.flatMap((link) => linkLines(link, part.line)),
    `    did not match: ${cut(printableText(part.missed.operator))} (line ${part.missed.line})`,
  ]);
}

function linkLines(link: ExplainedLink, ruleLine: number): string[] {
  if (link.operator === '') return [];
  const place = link.line === ruleLine ? '' : ` (line ${link.line})`;
  return [
    `    ${cut(printableText(link.operator))}${place}`,
    ...link.values.flatMap(valueLines),
    ...(link.moreValues > 0 ? [`      and ${link.moreValues} more values`] : []),
  ];
}

function cut(text: string): string {
  return text.length > shownUnitsMax ? `${text.slice(0, shownUnitsMax)}…` : text;
}

function valueLines({ variable, isReading, received, steps, tested, found }: ExplainedValue): string[] {
  const rows: (readonly [string, Excerpt])[] = [
    ...(received === undefined ? [] : [['received', received] as const]),
    ...steps.map(({ transformation, value }) => [`t:${transformation}`, value] as const),
  ];
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  // The match is marked in the tested value, which is the last row.
  const last = rows.pop() ?? (['tested', tested] as const);
  const offset = tested.offset ?? 0;
  const highlight =
    found?.from === undefined || tested.offset === undefined
      ? undefined
      : { from: found.from - offset, to: Math.min(found.to - offset, tested.text.length) };
  return [
    `      ${printableText(variable)}${readingText(isReading)}${placeText(found, tested)}`,
    ...rows.map(([label, value]) => `        ${label.padEnd(width)}  ${valueText(value)}`),
    `        ${last[0].padEnd(width)}  ${quoteText(tested.text, shownUnitsMax, highlight)}`,
  ];
}

function placeText(found: ExplainedValue['found'], tested: Excerpt): string {
  if (found === undefined) return '';
  const length = tested.length === undefined ? '' : ` of ${tested.length}`;
  return found.from === undefined ? ` up to byte ${found.to}` : `, bytes ${found.from}–${found.to}${length}`;
}

function unseenLines({ request, response, uninspected, problems }: Explanation): string[] {
  const halves = [
    ['request', request],
    ['response', response],
  ] as const;
  return [
    ...halves.flatMap(([name, body]) =>
      body === undefined || body.inspectedBytes >= body.bytes
        ? []
        : [`of the ${name} body ${body.inspectedBytes} of ${body.bytes} bytes were inspected before the verdict`],
    ),
    ...Object.entries(uninspected).map(([cause, bytes]) => `not seen by some operator: ${bytes} bytes (${cause})`),
    ...problems.map(({ cause, message }) => `problem: ${printableText(message)} (${cause})`),
  ];
}

function verdictLine({ verdict, inboundScore, outboundScore }: Explanation): string {
  const scores = `score ${inboundScore} inbound, ${outboundScore} outbound`;
  if (verdict.kind === 'allow') return `verdict: allow; ${scores}`;
  const rule = verdict.ruleId === 0 ? 'the failure policy' : `rule ${verdict.ruleId}`;
  const by = `by ${rule} in phase ${verdict.phase}`;
  if (verdict.kind === 'detect')
    return `verdict: allow, because the rules only detect; otherwise ${verdict.status} ${by}; ${scores}`;
  const cause = verdict.cause === undefined ? '' : ` (${verdict.cause})`;
  const to = verdict.location === undefined ? '' : ` to ${verdict.location}`;
  return `verdict: block with ${verdict.status}${to} ${by}${cause}; ${scores}`;
}
