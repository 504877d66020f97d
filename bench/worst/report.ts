// The worst inputs as text and as CSV. Knows figures, not how they were measured.

import { lineOf } from '../e2e/report/csv.ts';
import type { Cost } from './measure.ts';
import { costliestOf, dearestOf, longestOf, type Row, worstOf } from './run.ts';

const perByteUs = ({ us, bytes }: Cost): string => (us / bytes).toFixed(3);

/** Widths of the columns. */
const [groupWidth, figureWidth, inputWidth] = [30, 10, 44];

/** What stands over the columns. */
export const head = [
  'part'.padEnd(groupWidth),
  ...['bytes', 'µs/byte', 'work/byte', 'turn, ms', 'its work'].map((title) => title.padStart(figureWidth)),
  '  input',
].join('');

const short = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text);

function lineOfRow({ group, input, cost }: Row): string {
  const { bytes, work, turnMs, turnWork, causes } = cost;
  const figures = [String(bytes), perByteUs(cost), (work / bytes).toFixed(0), turnMs.toFixed(2), String(turnWork)];
  const ended = causes.length === 0 ? '' : `  (${causes.join(', ')})`;
  const cells = figures.map((figure) => figure.padStart(figureWidth)).join('');
  return `${short(group, groupWidth - 1).padEnd(groupWidth)}${cells}  ${short(input, inputWidth)}${ended}\n`;
}

/** The costliest input of a group by the byte, and that with the longest turn where it is another. */
export const tableOf = (rows: readonly Row[]): string => worstOf(rows).map(lineOfRow).join('');

/** The sentences that the bench is run for. */
export function summaryOf(rows: readonly Row[]): string {
  const plain = rows.filter(({ cost }) => !cost.isCoded);
  const sentences: readonly (readonly [what: string, row: Row | undefined, figure: (cost: Cost) => string])[] = [
    ['costliest by the byte', costliestOf(plain), (cost) => `${perByteUs(cost)} µs per byte`],
    ['the same, compressed', costliestOf(rows), (cost) => `${perByteUs(cost)} µs per byte that was sent`],
    ['costliest of all', dearestOf(rows), ({ us, bytes }) => `${(us / 1000).toFixed(1)} ms for ${bytes} bytes`],
    ['longest turn of the event loop', longestOf(rows), ({ turnMs }) => `${turnMs.toFixed(2)} ms`],
  ];
  const lines = sentences.flatMap(([what, row, figure]) =>
    row === undefined ? [] : [`${what}: ${figure(row.cost)} (${row.group}: ${row.input})\n`],
  );
  return `${rows.length} inputs\n${lines.join('')}`;
}

/** Rows as CSV. @param header lines of titles and texts, which come first. */
export function csvOf(rows: readonly Row[], header: readonly (readonly [title: string, text: string])[]): string {
  const columns = ['part', 'input', 'bytes', 'us', 'us_per_byte', 'work', 'turn_ms', 'turn_work', 'turns', 'problems'];
  const lines = rows.map(({ group, input, cost }) => [
    ...[group, input, String(cost.bytes), cost.us.toFixed(0), perByteUs(cost), String(cost.work)],
    ...[cost.turnMs.toFixed(3), String(cost.turnWork), String(cost.turns), cost.causes.join(' ')],
  ]);
  const facts = header.map(([title, text]) => ['header', `${title}: ${text}`, ...Array(columns.length - 2).fill('')]);
  return [columns, ...facts, ...lines].map(lineOf).join('');
}
