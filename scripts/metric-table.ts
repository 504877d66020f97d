// The table of docs/metrics.md, made from src/metrics/metric-table.ts. `node scripts/metric-table.ts` writes it; a test fails when
// it is stale.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricTable } from '../src/metrics/metric-table.ts';

const page = join(import.meta.dirname, '..', 'docs', 'metrics.md');
const begin = '<!-- metrics -->\n';
const end = '<!-- /metrics -->';

/** The page with its current table. */
export function withMetricTable(text: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error('docs/metrics.md has lost the marks of its table');
  const rows = Object.entries(metricTable).map(([name, { type, labels, help }]) => {
    const named = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${named} | ${help} |`;
  });
  const lines = ['| Metric | Type | Labels | What it says |', '|---|---|---|---|', ...rows].join('\n');
  return `${text.slice(0, from)}${begin}${lines}\n${text.slice(to)}`;
}

if (import.meta.main) writeFileSync(page, withMetricTable(readFileSync(page, 'utf8')));
