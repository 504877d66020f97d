// The Dockerfile without a builder: hadolint reads it, and what it names is there: files, packages, tasks, addresses.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
// @ts-expect-error the set-up is plain JavaScript: it runs before anything is installed
import { tasks } from '../../scripts/tasks.mjs';
import { createServeCommand, type ServeOptions } from '../../src/cli/serve-options.ts';
import { repository } from '../house/source.ts';

const read = (...parts: readonly string[]): string => readFileSync(join(repository, ...parts), 'utf8');

/** The instructions, each one line, without comments. */
const instructions = read('Dockerfile')
  .replace(/^\s*#.*\n/gm, '')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => {
    const [, name = '', words = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    return { name, words: words.trim() };
  });
const ofKind = (kind: string): readonly string[] =>
  instructions.filter(({ name }) => name === kind).map(({ words }) => words);
const lastStage = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));

const hadolint = join(repository, '.cache', 'peers', 'python', 'bin', 'hadolint');

describe('the Dockerfile', () => {
  it.skipIf(!existsSync(hadolint) && 'hadolint is not available: run npm run setup')(
    'has nothing that hadolint minds',
    () => {
      const { status, stdout, stderr } = spawnSync(hadolint, ['-'], { input: read('Dockerfile'), encoding: 'utf8' });
      expect([status, stdout, stderr]).toStrictEqual([0, '', '']);
    },
  );

  it('copies files that exist and are not in .dockerignore', () => {
    const kept = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect(kept.filter((path) => !existsSync(join(repository, path)))).toStrictEqual([]);
    // Files that the build makes are not in a checkout.
    const made = ['node_modules', 'dist', 'build'];
    const copied = ofKind('COPY').flatMap((words) => words.split(/\s+/).slice(0, -1));
    const names = copied
      .filter((word) => !word.startsWith('--') && word !== '.')
      .map((path) => path.replace('/weir/', '').split('/')[0] ?? '');
    expect(names.length).toBeGreaterThan(8);
    expect(names.filter((name) => !kept.includes(name) && !made.includes(name))).toStrictEqual([]);
  });

  it('ships the same runtime files as the npm package', () => {
    const { files } = JSON.parse(read('package.json')) as { readonly files: readonly string[] };
    const shipped = lastStage.filter(({ name }) => name === 'COPY').map(({ words }) => words);
    for (const name of ['bin', 'dist', 'rules', 'docs']) {
      expect(files).toContain(name);
      expect(
        shipped.some((words) => words.includes(`/weir/${name} /opt/weir/${name}`)),
        name,
      ).toBe(true);
    }
  });

  it('installs the packages that the set-up requires', () => {
    const named = new Set(read('scripts', 'setup', 'toolchain.mjs').match(/(?<=package: \(\) => ')[\w+-]+/g));
    named.add('libhyperscan-dev');
    const [build = '', run = ''] = ofKind('RUN').filter((words) => words.includes('apt-get install'));
    const installed = (words: string): readonly string[] =>
      (/--no-install-recommends\s+(.*?)&&/.exec(words)?.[1] ?? '').trim().split(/\s+/);
    expect(new Set(installed(build))).toStrictEqual(named);
    // Of the addons' libraries those that are not linked in; libstdc++ comes with Node.
    expect(installed(run)).toStrictEqual(['libhyperscan5', 'libre2-9']);
  });

  it('runs existing tasks', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
    const asked = ofKind('RUN').flatMap((words) =>
      [...words.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? ''),
    );
    expect(asked).toStrictEqual(['setup:native', 'build']);
    expect(
      asked.filter((name) => scripts[name] !== `node scripts/run.mjs ${name}` || tasks[name] === undefined),
    ).toStrictEqual([]);
  });

  it('serves as a numeric user, at the ports that it exposes, with the admin address that it probes', () => {
    const [user = ''] = ofKind('USER');
    expect(user).toMatch(/^[1-9]\d+:[1-9]\d+$/);
    const [command = '[]'] = lastStage.filter(({ name }) => name === 'CMD').map(({ words }) => words);
    const [serve, ...words] = JSON.parse(command) as readonly string[];
    expect(serve).toBe('serve');
    const options = createServeCommand().exitOverride().parse(words, { from: 'user' }).opts<ServeOptions>();
    expect([options.listen, options.admin]).toStrictEqual([['0.0.0.0:9002'], '127.0.0.1:9990']);
    expect(ofKind('EXPOSE')).toStrictEqual(['9002 9990']);
    expect(ofKind('HEALTHCHECK')[0]).toContain(`http://${options.admin}/livez`);
    expect(ofKind('ENTRYPOINT')).toStrictEqual(['["weir"]']);
  });
});
