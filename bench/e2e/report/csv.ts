// All figures as CSV (RFC 4180): one line for each workload, system and metric.

import { type Metric, metrics } from '../measure.ts';
import type { Results } from '../run.ts';
import { spreadOf } from '../statistics.ts';
import type { Header } from './header.ts';

/** A line of CSV from its cells. */
export const lineOf = (cells: readonly string[]): string => `${cells.map(quoted).join()}\n`;

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
/** A figure to the thousandth; nothing for what does not apply. */
export const figure = (value: number): string => (Number.isNaN(value) ? '' : String(Number(value.toFixed(3))));

/** Columns `workload,system,metric,unit,median,min,max,rounds,remark`; the header comes first, as rows of its own. */
export function csvOf({ results }: Results, header: Header): string {
  const lines = [['workload', 'system', 'metric', 'unit', 'median', 'min', 'max', 'rounds', 'remark']];
  for (const [title, text] of header) lines.push(['', title, 'header', '', '', '', '', '', text]);
  for (const { workload, rows } of results) {
    for (const { system, rounds, absent, wrong, notes } of rows) {
      const remarks = [
        ...(absent === undefined ? [] : [`absent: ${absent}`]),
        ...wrong.map((one) => `WRONG: ${one}`),
        ...notes,
      ];
      for (const remark of remarks) lines.push([workload.name, system.name, 'remark', '', '', '', '', '', remark]);
      if (rounds.length === 0) continue;
      for (const metric of Object.keys(metrics) as Metric[]) {
        const { median, min, max } = spreadOf(rounds.map((round) => round[metric]));
        const figures = [median, min, max].map(figure);
        lines.push([workload.name, system.name, metric, metrics[metric].unit, ...figures, String(rounds.length), '']);
      }
    }
  }
  return lines.map(lineOf).join('');
}
