// docs/configuration.md between its marks, made from the schema of the configuration file. `node scripts/configuration-page.ts` writes it;
// a test fails when it is stale.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingRows } from '../src/config/setting-rows.ts';

const page = join(import.meta.dirname, '..', 'docs', 'configuration.md');
const marks = { begin: '<!-- settings -->\n', end: '<!-- /settings -->' };

/** The page with its current table. */
export function withSettings(text: string): string {
  const from = text.indexOf(marks.begin);
  const to = text.indexOf(marks.end);
  if (from < 0 || to < from) throw new Error('docs/configuration.md has lost the marks of its table');
  const rows = settingRows().map(
    ({ name, form, defaultText, description }) => `| \`${name}\` | ${form} | ${defaultText} | ${description} |`,
  );
  const table = ['| Key | Value | Default | Meaning |', '|---|---|---|---|', ...rows].join('\n');
  return `${text.slice(0, from)}${marks.begin}${table}\n${text.slice(to)}`;
}

/** Whether the page on disk is up to date. */
export function isFresh(): boolean {
  const text = readFileSync(page, 'utf8');
  return text === withSettings(text);
}

if (import.meta.main) writeFileSync(page, withSettings(readFileSync(page, 'utf8')));
