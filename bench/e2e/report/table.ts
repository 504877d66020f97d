// The rows of a workload as text for a terminal. Knows figures, not how they were measured.

import { type Metric, metrics } from '../measure.ts';
import type { Result, Row } from '../run.ts';
import { spreadOf } from '../statistics.ts';

const titleWidth = 28;

/** A figure with its significant digits; `-` if it does not apply. */
export function formatFigure(value: number): string {
  if (Number.isNaN(value)) return '-';
  if (value >= 100) return Math.round(value).toString();
  return value >= 10 ? value.toFixed(1) : value.toFixed(2).replace(/\.?0+$/, '');
}

/** Columns that show the lowest and highest round next to the median. */
const withRange = new Set<Metric>(['perSecond', 'filterUs', 'sumUs']);

function cellOf(row: Row, metric: Metric): string {
  const { median, min, max } = spreadOf(row.rounds.map((round) => round[metric]));
  const middle = formatFigure(median);
  if (!withRange.has(metric) || row.rounds.length < 2 || Number.isNaN(median)) return middle;
  return `${middle} (${formatFigure(min)}–${formatFigure(max)})`;
}

function linesOf(row: Row): readonly (readonly string[])[] {
  if (row.absent !== undefined) return [];
  if (row.rounds.length === 0) return [];
  return [[row.system.title, ...(Object.keys(metrics) as Metric[]).map((metric) => cellOf(row, metric))]];
}

/** A table of the workload: medians, with the range of the rounds; below it what is absent or wrong, and notes. */
export function tableOf({ workload, rows }: Result): string {
  const heads = ['', ...Object.values(metrics).map(({ title }) => title)];
  const units = [workload.title, ...Object.values(metrics).map(({ unit }) => unit)];
  const lines = [heads, units, ...rows.flatMap(linesOf)];
  const widths = heads.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const text = lines.map((line) =>
    line
      .map((cell, at) =>
        at === 0 ? cell.padEnd(Math.max(titleWidth, widths[0] ?? 0)) : cell.padStart((widths[at] ?? 0) + 2),
      )
      .join('')
      .trimEnd(),
  );
  const remarks = rows.flatMap((row) => [
    ...(row.absent === undefined ? [] : [`${row.system.title}: absent: ${row.absent}`]),
    ...row.wrong.map((sentence) => `${row.system.title}: WRONG: ${sentence}`),
    ...row.notes.map((sentence) => `${row.system.title}: ${sentence}`),
  ]);
  return `${[...text, ...remarks].join('\n')}\n`;
}
