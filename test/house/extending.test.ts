// Follows docs/extending.md in a copy of the repository, and builds and runs what it adds.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from './source.ts';

/** A code block of the page, and the last file named before it. */
interface Block {
  readonly path: string;
  readonly language: string;
  readonly text: string;
}

const page = readFileSync(join(repository, 'docs/extending.md'), 'utf8');

function blocksOf(text: string): readonly Block[] {
  let path = '';
  return [...text.matchAll(/^`([\w./-]+)`|^```(\w+)\n(.*?)^```$/gms)].flatMap(([, named, language, code]) => {
    path = named ?? path;
    return language === undefined || code === undefined ? [] : [{ path, language, text: code }];
  });
}

/** Inserts lines marked `+` after the line above them. @throws Error unless that line occurs exactly once. */
function insert(text: string, diff: string): string {
  const lines = diff.trimEnd().split('\n');
  const context = lines.filter((line) => line.startsWith(' ')).map((line) => line.slice(1));
  const added = lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1));
  const parts = `\n${text}`.split(`\n${context.join('\n')}\n`);
  expect(parts, `"${context.join('\n')}" stands once`).toHaveLength(2);
  return `${parts[0]}\n${context.join('\n')}\n${added.join('\n')}\n${parts[1]}`.slice(1);
}

describe('docs/extending.md', () => {
  let copy: string;
  const blocks = blocksOf(page);
  const run = (program: string, ...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: copy, encoding: 'utf8' });
    return { status, output: `${stdout}${stderr}` };
  };
  const weir = (...words: readonly string[]) => run(process.execPath, 'src/cli/main.ts', ...words);

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'weir-extended-'));
    const configuration = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'binding.gyp'];
    for (const name of [...configuration, 'src', 'native', 'rules', 'build/Release']) {
      // Times are preserved, so that only what the page adds is compiled.
      cpSync(join(repository, name), join(copy, name), { recursive: true, preserveTimestamps: true });
    }
    symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
    for (const { path, language, text } of blocks) {
      const file = join(copy, path);
      writeFileSync(file, language === 'diff' ? insert(readFileSync(file, 'utf8'), text) : text);
    }
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  it('changes the files that it names for each addition', () => {
    const sections = page.split(/^## /m).slice(1);
    const touched = sections.map((section) => [...new Set(blocksOf(section).map(({ path }) => path))].length);
    expect(touched).toStrictEqual([3, 3, 4, 2, 2]);
  });

  it('has code that compiles', () => {
    expect(run('node_modules/.bin/tsc', '--noEmit', '--project', 'tsconfig.build.json')).toStrictEqual({
      status: 0,
      output: '',
    });
  });

  it('adds a command', () => {
    expect(weir('--help').output).toMatch(/greet .*say hello/);
    expect(weir('greet', 'Ann', '--loud')).toStrictEqual({ status: 0, output: 'Hello Ann!\n' });
  });

  it('adds an operator and a decoder', () => {
    writeFileSync(
      join(copy, 'a.conf'),
      'SecRequestBodyAccess On\nSecRule ARGS:line "@palindrome 3" "id:1,phase:2,deny,status:418"\n',
    );
    const explain = (body: string) =>
      weir('explain', '--rules', 'a.conf', '-H', 'Content-Type: text/x-lines', '--data-binary', body, '--', '/');
    expect(explain('one\nanna\ntwo').output).toMatch(/blocked with 418|418/);
    expect(explain('one\nanna\ntwo').status).toBe(1);
    expect(explain('one\nbob2\ntwo').status).toBe(0);
  });

  it('adds a transformation and a detector', () => {
    const setUp = `
      import { spawnSync } from 'node:child_process';
      import { buildEnvironment } from '${join(repository, 'scripts/setup/native-build.mjs')}';
      import { chooseNode } from '${join(repository, 'scripts/setup/node.mjs')}';
      const node = chooseNode();
      const gyp = ['node_modules/node-gyp/bin/node-gyp.js', 'configure', 'build', '--nodedir=' + node.headers];
      process.exitCode = spawnSync(node.path, gyp, { stdio: 'inherit', env: buildEnvironment(node) }).status;`;
    const built = run(process.execPath, '--input-type=module', '-e', setUp);
    expect(built.status, built.output).toBe(0);
    writeFileSync(join(copy, 'b.conf'), 'SecRule ARGS "@streq attack" "id:1,phase:2,deny,t:none,t:rot13"\n');
    expect(weir('explain', '--rules', 'b.conf', '--no-cache', '--', '/?a=nggnpx').status).toBe(1);
    expect(weir('explain', '--rules', 'b.conf', '--no-cache', '--', '/?a=attack').status).toBe(0);
    writeFileSync(join(copy, 'c.conf'), 'SecRule ARGS "@detectTemplate" "id:1,phase:2,deny"\n');
    expect(weir('explain', '--rules', 'c.conf', '--no-cache', '--', '/?a={{7*7}}').status).toBe(1);
    expect(weir('explain', '--rules', 'c.conf', '--no-cache', '--', '/?a={7*7}').status).toBe(0);
  });
});
