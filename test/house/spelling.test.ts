// Spelling and style of what the sources say of their exports: cspell with the words of cspell.json, and the field's words instead of
// ones of our own.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesUnder, readSource, repository } from './source.ts';

/** Words of our own, and the field's. */
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
];

const docstrings = filesUnder('src', ['.ts'])
  .filter((path) => !path.includes('/gen/'))
  .flatMap((path) => readSource(path).docstrings.map(({ name, line }) => ({ place: `${path}:${line}`, text: name })));

describe('docstrings of exports', () => {
  it('are spelt as dictionaries of English and software have it', () => {
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

  it('use the words of the field', () => {
    const offences = docstrings.flatMap(({ place, text }) =>
      banned
        .filter(([words]) => words.test(text))
        .map(([words, instead]) => `${place} ${words.source}: say ${instead}`),
    );
    expect(offences).toStrictEqual([]);
  });
});
