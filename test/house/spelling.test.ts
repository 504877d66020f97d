// Spelling of the docstrings of exports, by cspell with the words of cspell.json; and words of our own that comments and titles of tests
// must not use, with the field's words for them.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesUnder, readSource, repository } from './source.ts';

/** Words of our own, and the field's words for them. */
const banned: readonly (readonly [words: RegExp, instead: string])[] = [
  [/\banew\b/i, 'again'],
  [/\bcomplaints?\b/i, 'error'],
  [/\bkeeps? books\b/i, 'bookkeeping'],
  [/\bgives? way\b/i, 'is evicted'],
  [/\bsigns? of life\b/i, 'keepalive'],
  [/\bcontent coding/i, 'content encoding'],
  [/\bwhoever\b/i, 'anyone who, or name the caller, the client, the operator'],
  [/\btold (of|by|below|when)\b/i, 'called with, called when, reported'],
  [/\bheld against\b/i, 'checked against, compared with'],
  [/\bin small letters\b/i, 'in lower case'],
  [/\bbeside the event loop\b/i, 'off the event loop'],
  [/\b(come|comes) whole\b/i, 'arrived completely'],
  [/\b(that|which|it) (is|are) none(?! of)\b/i, 'not a …, invalid'],
  [/\bwhat (came|comes) of\b|\bcame of it\b/i, 'the result, the rest'],
  [/\bcannot be had\b/i, 'not available'],
  [/\b(RE2|Hyperscan)'s patterns?\b|\bpatterns? of (RE2|Hyperscan)'s\b/i, 'RE2 pattern, Hyperscan pattern'],
];

const docstrings = filesUnder('src', ['.ts'])
  .filter((path) => !path.includes('/gen/'))
  .flatMap((path) => readSource(path).docstrings.map(({ name, line }) => ({ place: `${path}:${line}`, text: name })));

/** A line of a comment, or the title of a test. */
const prose = /^\s*(?:\/\/|\/?\*+\s)\s*(.*)|\b(?:it|describe)(?:\.\w+)*\(\s*(['"`].*['"`]),/;

/** Comments and titles of tests, in C++ and TypeScript alike. */
const lines = ['src', 'native', 'bench', 'scripts', 'demo', 'test'].flatMap((folder) =>
  filesUnder(folder, ['.ts', '.mjs', '.cc', '.h'])
    .filter((path) => !path.includes('/gen/'))
    .flatMap((path) =>
      readFileSync(join(repository, path), 'utf8')
        .split('\n')
        .flatMap((line, index) => {
          const [, comment, title] = prose.exec(line) ?? [];
          return [{ place: `${path}:${index + 1}`, text: comment ?? title ?? '' }];
        }),
    ),
);

/** What to write instead of banned words, with the places. */
const offencesIn = (texts: readonly { readonly place: string; readonly text: string }[]): readonly string[] =>
  texts.flatMap(({ place, text }) =>
    banned.filter(([words]) => words.test(text)).map(([words, instead]) => `${place} ${words.source}: say ${instead}`),
  );

describe('docstrings of exports', () => {
  it('are spelt as in dictionaries of English and software', () => {
    expect(docstrings.length).toBeGreaterThan(500);
    mkdirSync(join(repository, 'build'), { recursive: true });
    const folder = mkdtempSync(join(repository, 'build', 'spelling-'));
    try {
      const file = join(folder, 'docstrings.txt');
      writeFileSync(file, docstrings.map(({ text }) => text).join('\n'));
      const cspell = join(repository, 'node_modules', 'cspell', 'bin.mjs');
      const options = ['--no-progress', '--no-summary', '--no-gitignore', '--words-only', '--unique'];
      const given = [cspell, ...options, '--config', join(repository, 'cspell.json'), '--root', folder, basename(file)];
      const { status, stdout, stderr } = spawnSync(process.execPath, given, { cwd: folder, encoding: 'utf8' });
      expect(status, `correct them, or add them to cspell.json: ${stdout.split('\n').join(' ')}${stderr}`).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('use the words of the field', () => expect(offencesIn(docstrings)).toStrictEqual([]));
});

it('comments and titles of tests use the words of the field', () => {
  expect(lines.filter(({ text }) => text !== '').length).toBeGreaterThan(5_000);
  expect(offencesIn(lines)).toStrictEqual([]);
});
