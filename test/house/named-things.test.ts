// What documents and sources name must exist: scripts of package.json, files of the repository, options of the command line.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ranks } from './ranks.ts';
import { filesUnder, repository } from './source.ts';

const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...filesUnder('docs', ['.md', '.yaml']),
  ...filesUnder('rules', ['.md']),
];
const sources = ['src', 'scripts', 'demo', 'bench', 'native'].flatMap((folder) =>
  filesUnder(folder, ['.ts', '.mjs', '.cc', '.h']),
);
const scripts = new Set(Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts));

/** Every match of the expression's first group in these files, with its file. */
function named(
  files: readonly string[],
  expression: RegExp,
): readonly { readonly name: string; readonly file: string }[] {
  return files.flatMap((file) => [...read(file).matchAll(expression)].map(([, name = '']) => ({ name, file })));
}

describe('names in documents and sources', () => {
  it('`npm run` names a script of package.json', () => {
    const all = named([...documents, ...sources], /\bnpm run ([a-z][a-z:-]*)/g);
    expect(all.length).toBeGreaterThan(10);
    expect(all.filter(({ name }) => !scripts.has(name))).toStrictEqual([]);
  });

  it('a path is a file of the repository', () => {
    const folders = 'src|test|docs|rules|bench|scripts|demo|native';
    // Files that docs/extending.md adds do not exist yet; extending.test.ts follows that page.
    const files = [...documents, ...sources].filter((file) => file !== 'docs/extending.md');
    const all = named(
      files,
      new RegExp(`(?<![\\w/.-])((?:${folders})/[\\w./-]+\\.(?:ts|mjs|md|ya?ml|cc|h|json))\\b`, 'g'),
    );
    expect(all.length).toBeGreaterThan(10);
    expect(all.filter(({ name }) => !existsSync(join(repository, name)))).toStrictEqual([]);
  });

  it('a link in a document leads to a file and heading', () => {
    const links = named(
      documents.filter((file) => file.endsWith('.md')),
      /\]\((?!https?:|#|mailto:)([^)#\s]+)/g,
    );
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter(({ name, file }) => !existsSync(join(repository, dirname(file), name)))).toStrictEqual([]);
  });

  it('an option of `weir` exists', () => {
    const cli = filesUnder('src/cli', ['.ts']).map(read).join('\n');
    const rows = named(['docs/commands.md'], /^\| (`-.*?) \|/gm);
    const options = rows.flatMap(({ name }) => [...name.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option));
    expect(options.length).toBeGreaterThan(20);
    expect(options.filter((option) => !cli.includes(option))).toStrictEqual([]);
  });
});
describe('the path of a body chunk in docs/architecture.md', () => {
  const [, path = ''] = /^## The path of a body chunk\n(.*?)^## /ms.exec(read('docs/architecture.md')) ?? [];

  it('names what is in the file named before or after it', () => {
    const steps = path.split(/^\d+\. /m).slice(1);
    expect(steps.length).toBeGreaterThan(5);
    for (const step of steps) {
      const names = [...step.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
      const files = names.filter((name) => name.startsWith('src/'));
      const text = files.map(read).join('\n');
      const missing = names.filter((name) => !name.startsWith('src/') && !new RegExp(`(?<!\\w)${name}\\b`).test(text));
      expect(missing, step).toStrictEqual([]);
    }
  });
});

describe('the modules of docs/architecture.md', () => {
  it('are the existing ones, by rank', () => {
    const rows = [...read('docs/architecture.md').matchAll(/^\| (\d+) \| ((?:`[\w-]+`(?:, )?)+) \|/gm)];
    const listed = rows.flatMap(([, rank, names = '']) =>
      [...names.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => [name, Number(rank)] as const),
    );
    expect(Object.fromEntries(listed)).toStrictEqual(Object.fromEntries(ranks));
  });
});

describe('the glossary of docs/architecture.md', () => {
  it('has at most 30 words, each once', () => {
    const [, glossary = ''] = /^## Glossary\n(.*?)^## /ms.exec(read('docs/architecture.md')) ?? [];
    const rows = [...glossary.matchAll(/^\| ([a-z][a-z, ]*) \|/gm)].flatMap(([, words = '']) => words.split(', '));
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.length).toBeLessThanOrEqual(30);
    expect(new Set(rows).size).toBe(rows.length);
  });
});
