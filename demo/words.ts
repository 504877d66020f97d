// Numbers and results in words, and the lines of the demo's table. Prints nothing itself.

import type { Observed, Step } from './step.ts';

const KiB = 1024;

/** A readable number of bytes: `512 B`, `64 KiB`, `63.9 MiB`. */
export function bytesInWords(bytes: number): string {
  if (bytes < KiB) return `${bytes} B`;
  if (bytes < KiB * KiB) return `${trimmed(bytes / KiB)} KiB`;
  return `${trimmed(bytes / KiB / KiB)} MiB`;
}

const trimmed = (value: number): string =>
  value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1);

/** A short description of what the upstream received. */
export function arrivalInWords({ arrival }: Pick<Observed, 'arrival'>, bodyBytes: number): string {
  if (arrival === undefined) return 'nothing';
  if (arrival.state === 'complete') return bodyBytes === 0 ? 'the request' : `all ${bytesInWords(arrival.bodyBytes)}`;
  if (arrival.bodyBytes === 0) return 'headers only';
  return `${bytesInWords(arrival.bodyBytes)}, then cut`;
}

const widths = [3, 46, 8, 21, 26] as const;

function row(cells: readonly string[]): string {
  return cells
    .map((cell, at) => cell.padEnd(widths[at] ?? 0))
    .join('')
    .trimEnd();
}

/** The head of the table. */
export const tableHead: string = row(['', 'step', 'client', 'upstream received', 'rules', 'time']);

/** One line of the table, with a line for each problem and note below it. */
export function tableRow(step: Step, observed: Observed, problems: readonly string[]): string {
  const { answer, ruleIds } = observed;
  const status = answer.status === 0 ? 'cut' : `${answer.status}${answer.end === 'cut' ? ', cut' : ''}`;
  const ids = ruleIds.length > 3 ? `${ruleIds.slice(0, 2).join(' ')} +${ruleIds.length - 2}` : ruleIds.join(' ');
  const time = `${Math.round(answer.milliseconds)} ms`;
  const mark = problems.length === 0 ? '✔' : '✘';
  const line = row([mark, step.title, status, arrivalInWords(observed, step.bodyBytes), ids || '–', time]);
  const notes = (step.notes?.(observed) ?? []).map((note) => `     ${note}`);
  return [line, ...notes, ...problems.map((problem) => `   ✘ ${problem}`)].join('\n');
}
