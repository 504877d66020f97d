// README's table of limits, made from src/base/limits.ts. `node scripts/readme-limits.ts` writes it into README.md;
// a test fails when it is stale.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { limitTable } from '../src/base/limits.ts';

const readme = join(import.meta.dirname, '..', 'README.md');
const marks = { begin: '<!-- limits -->\n', end: '<!-- /limits -->' };

/** A value with its unit, as people write it. */
function inWords(value: number, unit: string): string {
  if (unit !== 'bytes') return `${value.toLocaleString('en-US')}${unit === 'count' ? '' : ` ${unit}`}`;
  for (const [name, bytes] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (value >= bytes && value % bytes === 0) return `${value / bytes} ${name}`;
  }
  return `${value} bytes`;
}

/** The README with its table of limits as it must be now. */
export function readmeWithLimits(text: string): string {
  const from = text.indexOf(marks.begin);
  const to = text.indexOf(marks.end);
  if (from < 0 || to < from) throw new Error('README.md has lost the marks of its table of limits');
  const rows = Object.entries(limitTable).map(
    ([name, limit]) => `| \`${name}\` | ${inWords(limit.default, limit.unit)} | ${limit.why} |`,
  );
  const table = ['| Limit | Default | Why |', '|---|---|---|', ...rows].join('\n');
  return `${text.slice(0, from)}${marks.begin}${table}\n${text.slice(to)}`;
}

if (import.meta.main) writeFileSync(readme, readmeWithLimits(readFileSync(readme, 'utf8')));
