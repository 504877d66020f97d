// An axis's rows as text for a terminal. Knows figures, not how they came about.

import { formatFigure } from '../../e2e/report/table.ts';
import { type Metric, metrics, type Result, type Row, spreadIn } from '../run.ts';

const names = Object.keys(metrics) as Metric[];

/** What must be known beside the figures: what is absent, what is wrong, and how much faster several are than the first. */
export function remarksOf({ axis, rows }: Result): readonly string[] {
  const remarks = rows.flatMap(({ system, value, absent, wrong }) => [
    ...(absent === undefined ? [] : [`${system.title}: absent: ${absent}`]),
    ...wrong.map((sentence) => `${system.title} at ${value} ${axis.unit}: WRONG: ${sentence}`),
  ]);
  const left = Object.entries(axis.systems).filter(([, most]) => axis.points.some(({ value }) => value > most));
  const leftOut = left.map(
    ([name, most]) => `${name} is not measured above ${most} ${axis.unit}: it takes seconds there`,
  );
  return [...new Set([...remarks, ...leftOut, ...gainsOf({ axis, rows })])];
}

/** For axes of what does the work: the gain in requests, and who had how much of the machine. */
function gainsOf({ axis, rows }: Result): readonly string[] {
  if (axis.points.every(({ size }) => size === undefined)) return [];
  const middle = (row: Row, metric: Metric): number => spreadIn(row, metric).median;
  return rows.flatMap((row) => {
    const first = rows.find(({ system }) => system === row.system);
    if (first === undefined || first === row || row.rounds.length === 0 || first.rounds.length === 0) return [];
    const gain = middle(row, 'perSecond') / middle(first, 'perSecond');
    const had = (['filterCores', 'envoyCores', 'loadCores', 'othersCores'] as const)
      .map((metric) => `${metrics[metric].title} ${formatFigure(middle(row, metric))}`)
      .join(', ');
    return [
      `${row.system.title}: ${row.value} ${axis.unit} serve ${formatFigure(gain)} times what ${first.value} does; processors at work: ${had}`,
    ];
  });
}

const cellOf = (row: Row, metric: Metric): string => formatFigure(spreadIn(row, metric).median);

/** A table of the axis, systems below each other, values in order; below it what must be known. */
export function tableOf(result: Result): string {
  const { axis, rows } = result;
  const lines = [
    ['', axis.unit, ...names.map((name) => metrics[name].title)],
    ['', '', ...names.map((name) => metrics[name].unit)],
    ...rows
      .filter(({ rounds }) => rounds.length > 0)
      .map((row) => [row.system.title, String(row.value), ...names.map((name) => cellOf(row, name))]),
  ];
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const text = lines.map((line) =>
    line
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[at] ?? 0) + 2)))
      .join('')
      .trimEnd(),
  );
  return `${[axis.title, ...text, ...remarksOf(result)].join('\n')}\n`;
}
