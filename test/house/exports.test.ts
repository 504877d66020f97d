// Everything exported is used: there is no code that nothing runs, and no `export` that no other file needs.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesUnder, repository } from './source.ts';

/** Entry points, which programs outside of the sources use. */
const doors = new Set(['runProcess', 'runCommandLine', 'keepCode']);

const endings = ['.ts', '.mts', '.mjs'];

/** The text without comments. */
const codeOf = (path: string): string =>
  readFileSync(join(repository, path), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1');

const read = (...folders: string[]): Map<string, Set<string>> =>
  new Map(
    folders
      .flatMap((folder) => filesUnder(folder, endings))
      .filter((path) => !path.includes('/gen/'))
      .map((path) => [path, new Set(codeOf(path).match(/[A-Za-z_$][\w$]*/g))]),
  );

const shipped = read('src', 'demo', 'bench', 'scripts', 'examples');
const tests = read('test');

const isUsed = (name: string, files: ReadonlyMap<string, ReadonlySet<string>>, own: string): boolean =>
  [...files].some(([path, words]) => path !== own && words.has(name));

interface Exported {
  readonly path: string;
  readonly name: string;
  /** How often the file itself uses it. */
  readonly ownUses: number;
}

const exported: readonly Exported[] = [...shipped.keys()]
  .filter((path) => path.startsWith('src/') && path !== 'src/index.ts')
  .flatMap((path) => {
    const code = codeOf(path);
    const names = [...code.matchAll(/^export (?:async )?(?:function\*?|class|const|let) ([A-Za-z_$][\w$]*)/gm)];
    return names.map(([, name = '']) => ({
      path,
      name,
      ownUses: (code.match(new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`, 'g')) ?? []).length - 1,
    }));
  })
  .filter(({ name }) => !doors.has(name));

it('sees the exports', () => {
  expect(exported.length).toBeGreaterThan(500);
});

it('exports no function, class or constant that only tests use', () => {
  const offences = exported.filter(({ path, name, ownUses }) => ownUses === 0 && !isUsed(name, shipped, path));
  expect(offences.map(({ path, name }) => `${path} ${name}`)).toStrictEqual([]);
});

it('exports nothing that no other file uses', () => {
  const offences = exported.filter(({ path, name }) => !isUsed(name, shipped, path) && !isUsed(name, tests, path));
  expect(offences.map(({ path, name }) => `${path} ${name}`)).toStrictEqual([]);
});
