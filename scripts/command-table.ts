// The table of commands in docs/commands.md, made from the commands' definitions. `node scripts/command-table.ts` writes it; a test fails
// when it is stale.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '../src/cli/commands.ts';
import { createServeCommand } from '../src/cli/serve-options.ts';

const page = join(import.meta.dirname, '..', 'docs', 'commands.md');
const marks = { begin: '<!-- commands -->\n', end: '<!-- /commands -->' };

/** The page with its current table. */
export async function withCommandTable(text: string): Promise<string> {
  const from = text.indexOf(marks.begin);
  const to = text.indexOf(marks.end);
  if (from < 0 || to < from) throw new Error('docs/commands.md has lost the marks of its table of commands');
  const rows = [['serve', createServeCommand().description()]];
  for (const [name, load] of Object.entries(commands)) rows.push([name, (await load()).summary]);
  const lines = rows.map(([name, summary]) => `| [\`weir ${name}\`](#weir-${name}) | ${summary} |`);
  const table = ['| Command | What it does |', '|---|---|', ...lines].join('\n');
  return `${text.slice(0, from)}${marks.begin}${table}\n${text.slice(to)}`;
}

/** Whether the page on disk is up to date. */
export async function isFresh(): Promise<boolean> {
  const text = readFileSync(page, 'utf8');
  return text === (await withCommandTable(text));
}

if (import.meta.main) writeFileSync(page, await withCommandTable(readFileSync(page, 'utf8')));
