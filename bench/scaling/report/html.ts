// Plots of axes: a line for each system over the values, both scales logarithmic, so that what is linear has the same slope
// everywhere. One page that needs no network.

import type { Header } from '../../e2e/report/header.ts';
import { escaped, pageOf } from '../../e2e/report/page.ts';
import { formatFigure } from '../../e2e/report/table.ts';
import type { System } from '../../e2e/system.ts';
import { type Metric, metrics, type Result, type Row, spreadIn } from '../run.ts';
import { remarksOf } from './table.ts';

/** Of the whole drawing, and of what stands around the plot in it. */
const size = { width: 820, height: 260, left: 70, right: 210, top: 12, bottom: 34 };

/** What is plotted of each axis. */
const plotted: readonly Metric[] = ['sumUs', 'filterUs', 'perSecond', 'p99Us'];

const colors: Readonly<Record<string, string>> = {
  envoy: '#8b949e',
  'empty-go': '#3d8b57',
  'weir-crs-native': '#2f6fb3',
  coraza: '#b3692f',
};

const colorOf = (system: System): string => colors[system.name] ?? '#777';

/** Where values lie between two ends of a drawing. */
function scaleOf(values: readonly number[], from: number, to: number): (value: number) => number {
  const [least, most] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  return (value) =>
    most > least ? from + ((Math.log(value) - least) / (most - least)) * (to - from) : (from + to) / 2;
}

/** Rows of which a logarithmic scale can show the metric. */
const shownOf = (rows: readonly Row[], metric: Metric): readonly Row[] =>
  rows.filter((row) => row.rounds.length > 0 && row.value > 0 && spreadIn(row, metric).min > 0);

function plotOf({ axis, rows }: Result, metric: Metric): string {
  const shown = shownOf(rows, metric);
  if (shown.length === 0) return '';
  const spreads = shown.map((row) => spreadIn(row, metric));
  const { width, height, left, right, top, bottom } = size;
  const x = scaleOf(
    shown.map(({ value }) => value),
    left,
    width - right,
  );
  const [least, most] = [Math.min(...spreads.map(({ min }) => min)), Math.max(...spreads.map(({ max }) => max))];
  const y = scaleOf([least, most], height - bottom, top);
  const at = (value: number, of: number): string => `${x(value).toFixed(1)} ${y(of).toFixed(1)}`;
  const lines = [...new Set(shown.map(({ system }) => system))].map((system) => {
    const own = shown.filter((row) => row.system === system);
    const points = own.map((row) => ({ value: row.value, ...spreadIn(row, metric) }));
    const path = points.map(({ value, median }) => at(value, median)).join('L');
    const ranges = points.map(({ value, min, max }) => `M${at(value, min)}L${at(value, max)}`).join('');
    const dots = points
      .map(({ value, median, min, max }) => {
        const [cx, cy] = at(value, median).split(' ');
        const told = `${system.title}, ${value} ${axis.unit}: ${formatFigure(median)} (${formatFigure(min)}–${formatFigure(max)})`;
        return `<circle cx="${cx}" cy="${cy}" r="4" fill="${colorOf(system)}"><title>${escaped(told)}</title></circle>`;
      })
      .join('');
    const last = points.at(-1);
    const label = last === undefined ? '' : labelOf(system, x(last.value), y(last.median), formatFigure(last.median));
    return `<path class="line" stroke="${colorOf(system)}" d="M${path}"/><path class="range" d="${ranges}"/>${dots}${label}`;
  });
  const ticks = [...new Set(shown.map(({ value }) => value))].map(
    (value) => `<text x="${x(value).toFixed(1)}" y="${height - bottom + 18}" text-anchor="middle">${value}</text>`,
  );
  const ends = [least, most].map(
    (value) => `<text x="${left - 8}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${formatFigure(value)}</text>`,
  );
  const { title, unit } = metrics[metric];
  const caption = escaped(`${title}${unit === '' ? '' : `, ${unit}`}, by ${axis.unit}`);
  return `<figure><figcaption>${caption}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${caption}">
<path class="axis" d="M${left} ${top}V${height - bottom}H${width - right}"/>${ticks.join('')}${ends.join('')}
${lines.join('\n')}
</svg></figure>`;
}

const labelOf = (system: System, x: number, y: number, text: string): string =>
  `<text x="${(x + 10).toFixed(1)}" y="${(y + 4).toFixed(1)}">${escaped(system.title)}: ${text}</text>`;

function figuresOf({ axis, rows }: Result): string {
  const names = Object.keys(metrics) as Metric[];
  const heads = names.map((name) => `<th>${metrics[name].title} ${metrics[name].unit}</th>`).join('');
  const lines = rows
    .filter(({ rounds }) => rounds.length > 0)
    .map((row) => {
      const cells = names.map((name) => {
        const { median, min, max } = spreadIn(row, name);
        return `<td title="${formatFigure(min)}–${formatFigure(max)}">${formatFigure(median)}</td>`;
      });
      return `<tr><th>${escaped(row.system.title)}</th><td>${row.value}</td>${cells.join('')}</tr>`;
    });
  return `<div class="wide"><table><tr><th></th><th>${escaped(axis.unit)}</th>${heads}</tr>\n${lines.join('\n')}</table></div>`;
}

function sectionOf(result: Result): string {
  const list = remarksOf(result).map((sentence) => `<li>${escaped(sentence)}</li>`);
  const plots = plotted.map((metric) => plotOf(result, metric)).join('\n');
  return `<section><h2>${escaped(result.axis.title)}</h2>
${plots}\n${figuresOf(result)}${list.length === 0 ? '' : `<ul>${list.join('')}</ul>`}</section>`;
}

/** The whole page. */
export function htmlOf(results: readonly Result[], header: Header): string {
  return pageOf({
    title: 'Weir through Envoy: scaling',
    heading: 'Weir through Envoy: what scales, and how',
    intro: `All at saturation: medians of rounds in which values and systems took turns; lines show the range. Both scales are
logarithmic: what grows in step with its cause rises by the same angle everywhere. The sender, the service and Envoy share the
machine with the filter; the last columns say how many processors each had.`,
    sections: results.map(sectionOf),
    header,
  });
}
