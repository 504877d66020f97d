// The tables of docs/seclang.md: which parts of SecLang are supported, and where others differ. `npm run generate` rewrites them between
// their marks; a test fails when they are stale.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SupportRow, supportTable } from '../src/compile/support.ts';
import { nativeAddon } from '../src/matching/native.ts';
import { differencesTable } from './seclang-differences.ts';

/** The content between the marks of each name. */
const blocks: Readonly<Record<string, () => string>> = { tables: seclangTables, differences: differencesTable };

const file = join(import.meta.dirname, '..', 'docs', 'seclang.md');

const headings: Readonly<Record<SupportRow['kind'], string>> = {
  directive: 'Directives',
  variable: 'Variables',
  operator: 'Operators',
  transformation: 'Transformations',
  action: 'Actions',
  'ctl option': 'Options of ctl',
};

/** The tables as Markdown. */
export function seclangTables(): string {
  const rows = supportTable(nativeAddon().transformNames());
  return Object.entries(headings)
    .map(([kind, heading]) => {
      const lines = rows
        .filter((row) => row.kind === kind)
        .map((row) => `| \`${row.name}\` | ${row.status} | ${row.note} |`);
      return `### ${heading}\n\n| Name | Status | Note |\n|---|---|---|\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

/** The text of docs/seclang.md with current tables. */
export function freshDocument(): string {
  return Object.entries(blocks).reduce(
    (text, [name, write]) => {
      const begin = `<!-- ${name}: begin -->`;
      const from = text.indexOf(begin);
      const to = text.indexOf(`<!-- ${name}: end -->`);
      if (from < 0 || to < from) throw new Error(`${file} has no ${begin} with its end`);
      return `${text.slice(0, from + begin.length)}\n\n${write()}\n${text.slice(to)}`;
    },
    readFileSync(file, 'utf8'),
  );
}

/** True when docs/seclang.md is as `npm run generate` would write it. */
export function isFresh(): boolean {
  return readFileSync(file, 'utf8') === freshDocument();
}

if (import.meta.main) {
  writeFileSync(file, freshDocument());
  console.log(`wrote the tables of ${file}`);
}
