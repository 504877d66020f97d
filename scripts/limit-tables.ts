// The tables of docs/limits.md, made from src/base/limits.ts and constants.ts. `node scripts/limit-tables.ts` writes them; a test
// fails when they are stale.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constantTable } from '../src/base/constants.ts';
import type { Limit } from '../src/base/limit.ts';
import { limitTable } from '../src/base/limits.ts';

const page = join(import.meta.dirname, '..', 'docs', 'limits.md');

/** A value with its unit, in a readable form. */
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

/** The page with its current tables. */
export function withLimitTables(text: string): string {
  const limits = withTable(text, 'limits', ['Limit', 'Default', limitTable]);
  return withTable(limits, 'constants', ['Constant', 'Value', constantTable]);
}

function withTable(
  text: string,
  mark: string,
  [name, value, table]: readonly [string, string, Readonly<Record<string, Limit>>],
): string {
  const begin = `<!-- ${mark} -->\n`;
  const from = text.indexOf(begin);
  const to = text.indexOf(`<!-- /${mark} -->`);
  if (from < 0 || to < from) throw new Error(`docs/limits.md has lost the marks of its table of ${mark}`);
  const rows = Object.entries(table).map(
    ([key, limit]) => `| \`${key}\` | ${inWords(limit.default, limit.unit)} | ${limit.why} |`,
  );
  const lines = [`| ${name} | ${value} | Why |`, '|---|---|---|', ...rows].join('\n');
  return `${text.slice(0, from)}${begin}${lines}\n${text.slice(to)}`;
}

if (import.meta.main) writeFileSync(page, withLimitTables(readFileSync(page, 'utf8')));
