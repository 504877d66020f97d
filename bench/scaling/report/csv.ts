// All figures of axes as CSV (RFC 4180): one line for each axis, value, system and metric.

import { figure, lineOf } from '../../e2e/report/csv.ts';
import type { Header } from '../../e2e/report/header.ts';
import { type Metric, metrics, type Result, spreadIn } from '../run.ts';
import { remarksOf } from './table.ts';

/** Columns `axis,value,of,system,metric,unit,median,min,max,rounds,remark`; the header's lines come first, as rows of their own. */
export function csvOf(results: readonly Result[], header: Header): string {
  const lines = [['axis', 'value', 'of', 'system', 'metric', 'unit', 'median', 'min', 'max', 'rounds', 'remark']];
  for (const [title, text] of header) lines.push(['', '', '', title, 'header', '', '', '', '', '', text]);
  for (const result of results) {
    const { axis, rows } = result;
    for (const remark of remarksOf(result)) lines.push([axis.name, '', '', '', 'remark', '', '', '', '', '', remark]);
    for (const row of rows.filter(({ rounds }) => rounds.length > 0)) {
      for (const metric of Object.keys(metrics) as Metric[]) {
        const { median, min, max } = spreadIn(row, metric);
        const figures = [median, min, max].map(figure);
        const of = [axis.name, String(row.value), axis.unit, row.system.name];
        lines.push([...of, metric, metrics[metric].unit, ...figures, String(row.rounds.length), '']);
      }
    }
  }
  return lines.map(lineOf).join('');
}
