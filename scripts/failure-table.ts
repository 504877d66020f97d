// The table of failures in docs/bodies.md, made from src/base/failure-table.ts. `node scripts/failure-table.ts` writes
// it; a test fails when it is stale.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failureTable } from '../src/base/failure-table.ts';

const page = join(import.meta.dirname, '..', 'docs', 'bodies.md');
const marks = { begin: '<!-- failures -->\n', end: '<!-- /failures -->' };

/** The page with its current table. */
export function withFailureTable(text: string): string {
  const from = text.indexOf(marks.begin);
  const to = text.indexOf(marks.end);
  if (from < 0 || to < from) throw new Error('docs/bodies.md has lost the marks of its table of failures');
  const rows = Object.entries(failureTable).map(
    ([cause, { action, status, what }]) => `| \`${cause}\` | ${action} | ${status} | ${what} |`,
  );
  const table = ['| Cause | Default | Status | What it is |', '|---|---|---|---|', ...rows].join('\n');
  return `${text.slice(0, from)}${marks.begin}${table}\n${text.slice(to)}`;
}

/** Whether the page on disk is up to date. */
export function isFresh(): boolean {
  const text = readFileSync(page, 'utf8');
  return text === withFailureTable(text);
}

if (import.meta.main) writeFileSync(page, withFailureTable(readFileSync(page, 'utf8')));
