// docs/commands.md agrees with the commands' definitions.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFresh } from '../../scripts/command-table.ts';
import { commands as definitions } from '../../src/cli/commands.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'commands.md'), 'utf8');

function helpOf(...words: readonly string[]): string {
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'src', 'cli', 'main.ts'), ...words, '--help'], {
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  return stdout;
}

/** Commands that `weir --help` lists. */
const listed = helpOf().split(/^Commands:$/m)[1] ?? '';
const commands = [...listed.matchAll(/^ {2}(\w+) {2,}/gm)]
  .map(([, name]) => name ?? '')
  .filter((name) => name !== 'help');

/** The part of the page about one command. */
function sectionOf(command: string): string {
  return page.split(/^## /m).find((section) => section.startsWith(`weir ${command}\n`)) ?? '';
}

/** Options in the tables of a text, e.g. `-X, --request`. */
const documented = (text: string): string[] =>
  [...text.matchAll(/^\| ((?:`-\w`, )?`--[^|]*) \|/gm)].map(
    ([, cell = '']) => cell.match(/-{1,2}[\w-]+/g)?.join(', ') ?? '',
  );

const offered = (help: string): string[] =>
  [...help.matchAll(/^ {2}((?:-\w, )?--[\w-]+)/gm)]
    .map(([, option]) => option ?? '')
    .filter((option) => option !== '-h, --help');

/** Options of a command, or of all commands that it has. */
function optionsOf(command: string): readonly string[] {
  const help = helpOf(command);
  const listed = help.split(/^Commands:$/m)[1] ?? '';
  const own = [...listed.matchAll(/^ {2}(\w+)/gm)].map(([, word]) => word ?? '').filter((word) => word !== 'help');
  return own.length === 0 ? offered(help) : [...new Set(own.flatMap((word) => offered(helpOf(command, word))))];
}

describe('docs/commands.md', () => {
  it('has the table that `npm run generate` makes from the commands', async () => {
    expect(await isFresh()).toBe(true);
  });

  it('has a section for every command, and no other', () => {
    expect(commands).toStrictEqual(['serve', ...Object.keys(definitions)]);
    const sections = [...page.matchAll(/^## weir (\w+)$/gm)].map(([, name]) => name);
    expect(sections).toStrictEqual(commands);
  });

  for (const command of commands) {
    // Those of the former take the options of `weir serve`, those of the latter have pages of their own.
    it.skipIf(command === 'config' || command === 'pack')(`lists the options of weir ${command}`, () => {
      const options = optionsOf(command);
      expect(options.length, 'the options were seen').toBeGreaterThan(3);
      expect(new Set(documented(sectionOf(command)))).toStrictEqual(new Set(options));
    });

    it(`shows how to call weir ${command}, and its exit codes`, () => {
      expect(sectionOf(command)).toMatch(new RegExp(`^weir ${command} \\S`, 'm'));
      expect(sectionOf(command)).toMatch(/^Exit codes: 0 [\s\S]*\b1 [\s\S]*\b2 /m);
      const used = [...sectionOf(command).matchAll(/^weir .*$/gm)].flatMap(
        ([line]) => line.match(/ (--[\w-]+)/g) ?? [],
      );
      const known = optionsOf(command).join(' ');
      expect(used.filter((option) => !` ${known}`.includes(option))).toStrictEqual([]);
    });
  }

  it('links to files that exist', () => {
    const links = [...page.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path ?? '');
    expect(links.length).toBeGreaterThan(2);
    expect(links.filter((path) => !existsSync(join(root, 'docs', path)))).toStrictEqual([]);
  });
});
