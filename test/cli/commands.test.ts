// docs/commands.md says what the commands say of themselves.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'commands.md'), 'utf8');

function helpOf(...words: readonly string[]): string {
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'src', 'cli', 'main.ts'), ...words, '--help'], {
    encoding: 'utf8',
  });
  assert.equal(status, 0);
  return stdout;
}

/** Commands that `weir --help` lists. */
const commands = [...helpOf().matchAll(/^ {2}(\w+) \[(?:options|words\.\.\.)\]/gm)].map(([, name]) => name ?? '');

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

describe('docs/commands.md', () => {
  it('has a section for every command, and no other', () => {
    assert.deepEqual(commands, ['serve', 'check', 'explain', 'test']);
    const sections = [...page.matchAll(/^## weir (\w+)$/gm)].map(([, name]) => name);
    assert.deepEqual(sections, commands);
  });

  for (const command of commands) {
    it(`lists the options of weir ${command}`, () => {
      const options = offered(helpOf(command));
      assert.ok(options.length > 3, 'the options were seen');
      assert.deepEqual(new Set(documented(sectionOf(command))), new Set(options));
    });

    it(`shows how to call weir ${command}, and its exit codes`, () => {
      assert.match(sectionOf(command), new RegExp(`^weir ${command} \\S`, 'm'));
      assert.match(sectionOf(command), /^Exit codes: 0 [\s\S]*\b1 [\s\S]*\b2 /m);
      const used = [...sectionOf(command).matchAll(/^weir .*$/gm)].flatMap(
        ([line]) => line.match(/ (--[\w-]+)/g) ?? [],
      );
      const known = offered(helpOf(command)).join(' ');
      assert.deepEqual(
        used.filter((option) => !` ${known}`.includes(option)),
        [],
      );
    });
  }

  it('links to files that exist', () => {
    const links = [...page.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path ?? '');
    assert.ok(links.length > 2);
    assert.deepEqual(
      links.filter((path) => !existsSync(join(root, 'docs', path))),
      [],
    );
  });
});
