// Plots of a run: bars of processor time, throughput and latency by workload, and all figures.

import { type Metric, metrics } from '../measure.ts';
import type { Result, Results, Row } from '../run.ts';
import { spreadOf } from '../statistics.ts';
import type { Header } from './header.ts';
import { escaped, pageOf } from './page.ts';
import { formatFigure } from './table.ts';

const barHeight = 18;
const rowHeight = 26;
const labelWidth = 210;
const plotWidth = 420;
const valueWidth = 190;

/** A bar made of parts; its last part gives the total and the range of the rounds. */
interface Plot {
  readonly title: string;
  readonly parts: readonly { readonly metric: Metric; readonly className: string }[];
  readonly total: Metric;
}

const plots: readonly Plot[] = [
  {
    title: 'CPU per request, µs: filter, then Envoy',
    parts: [
      { metric: 'filterUs', className: 'filter' },
      { metric: 'envoyUs', className: 'envoy' },
    ],
    total: 'sumUs',
  },
  { title: 'requests/s at saturation', parts: [{ metric: 'perSecond', className: 'rate' }], total: 'perSecond' },
  { title: 'p99 at one connection, µs', parts: [{ metric: 'p99Us', className: 'latency' }], total: 'p99Us' },
];

const spread = (row: Row, metric: Metric) => spreadOf(row.rounds.map((round) => round[metric]));

function barOf(row: Row, plot: Plot, { at, scale }: { readonly at: number; readonly scale: number }): string {
  const y = at * rowHeight;
  const { median, min, max } = spread(row, plot.total);
  let x = labelWidth;
  const rectangles = plot.parts.map(({ metric, className }) => {
    const value = spread(row, metric).median;
    const width = Number.isNaN(value) ? 0 : value * scale;
    const rectangle = `<rect class="${className}" x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${barHeight}"/>`;
    x += width;
    return rectangle;
  });
  const [from, to] = [labelWidth + min * scale, labelWidth + max * scale].map((value) => value.toFixed(1));
  const middle = y + barHeight / 2;
  const range = `${formatFigure(median)} (${formatFigure(min)}–${formatFigure(max)})`;
  return `<text x="${labelWidth - 8}" y="${middle + 4}" text-anchor="end">${escaped(row.system.title)}</text>${rectangles.join('')}
<path class="range" d="M${from} ${middle - 4}v8m0 -4H${to}m0 -4v8"/>
<text x="${(labelWidth + max * scale + 8).toFixed(1)}" y="${middle + 4}">${range}</text>`;
}

function plotOf(plot: Plot, rows: readonly Row[]): string {
  const most = Math.max(...rows.map((row) => spread(row, plot.total).max));
  const scale = most > 0 ? plotWidth / most : 0;
  const bars = rows.map((row, at) => barOf(row, plot, { at, scale })).join('\n');
  const size = { width: labelWidth + plotWidth + valueWidth, height: rows.length * rowHeight };
  return `<figure><figcaption>${plot.title}</figcaption>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${plot.title}">
${bars}
</svg></figure>`;
}

function figuresOf(rows: readonly Row[]): string {
  const heads = Object.values(metrics).map(({ title, unit }) => `<th>${title}${unit === '' ? '' : ` ${unit}`}</th>`);
  const cells = (row: Row): string =>
    (Object.keys(metrics) as Metric[])
      .map((metric) => {
        const { median, min, max } = spread(row, metric);
        return `<td title="${formatFigure(min)}–${formatFigure(max)}">${formatFigure(median)}</td>`;
      })
      .join('');
  const lines = rows.map((row) => `<tr><th>${escaped(row.system.title)}</th>${cells(row)}</tr>`);
  return `<div class="wide"><table><tr><th></th>${heads.join('')}</tr>\n${lines.join('\n')}</table></div>`;
}

function sectionOf({ workload, rows }: Result): string {
  const timed = rows.filter((row) => row.rounds.length > 0);
  const remarks = rows.flatMap(({ system, absent, wrong, notes }) => [
    ...(absent === undefined ? [] : [`${system.title} is absent: ${absent}`]),
    ...wrong.map((sentence) => `${system.title} is wrong: ${sentence}`),
    ...notes.map((sentence) => `${system.title}: ${sentence}`),
  ]);
  const list = remarks.map((sentence) => `<li>${escaped(sentence)}</li>`).join('');
  return `<section><h2>${escaped(workload.title)}</h2>
${timed.length === 0 ? '' : `${plots.map((plot) => plotOf(plot, timed)).join('\n')}\n${figuresOf(timed)}`}
${list === '' ? '' : `<ul>${list}</ul>`}</section>`;
}

/** The whole page. Points in a cell show the range of its rounds. */
export function htmlOf({ results }: Results, header: Header): string {
  return pageOf({
    title: 'Weir through Envoy',
    heading: 'Weir through Envoy, beside its peers',
    intro: `Medians of rounds in which all systems took turns; lines and tooltips show the range. On a machine that others use too,
processor time per request is what compares; rates and latencies say less.`,
    sections: results.map(sectionOf),
    header,
  });
}
