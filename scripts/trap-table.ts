// The tables of docs/envoy.md, made from src/envoy. `node scripts/trap-table.ts` writes them; a test fails when they are stale.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { advisories, advisoriesAsOf } from '../src/envoy/advisories.ts';
import { traps } from '../src/envoy/lint.ts';

const page = join(import.meta.dirname, '..', 'docs', 'envoy.md');

/** The page with its current tables. */
export function withTrapTables(text: string): string {
  const rows = traps.map(({ id, severity, why }) => `| \`${id}\` | ${severity} | ${why} |`);
  const holes = advisories.map(
    ({ id, published, what, mendedIn }) => `| ${id} | ${published} | ${what} | ${mendedIn.join(', ')} |`,
  );
  const withTraps = withTable(text, 'traps', ['| Trap | Severity | What happens |', '|---|---|---|', ...rows]);
  const date = `Compared with the published advisories on ${advisoriesAsOf}.`;
  return withTable(withTraps, 'advisories', [
    date,
    '',
    '| Advisory | Published | What can happen | Fixed in |',
    '|---|---|---|---|',
    ...holes,
  ]);
}

function withTable(text: string, mark: string, lines: readonly string[]): string {
  const begin = `<!-- ${mark} -->\n`;
  const from = text.indexOf(begin);
  const to = text.indexOf(`<!-- /${mark} -->`);
  if (from < 0 || to < from) throw new Error(`docs/envoy.md has lost the marks of its table of ${mark}`);
  return `${text.slice(0, from)}${begin}${lines.join('\n')}\n${text.slice(to)}`;
}

if (import.meta.main) writeFileSync(page, withTrapTables(readFileSync(page, 'utf8')));
