// The npm package: what `npm pack` puts into it, used as a project that has it installed uses it. Its native addon and its
// dependencies are those of this checkout.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../house/source.ts';

const inRepository = (...parts: string[]): string => join(repository, ...parts);
const compiler = inRepository('node_modules', '.bin', 'tsc');
const manifest = JSON.parse(readFileSync(inRepository('package.json'), 'utf8'));

/** Runs a program to its end in a folder; throws with what it wrote when it fails. */
const run = (cwd: string, program: string, ...args: string[]): string =>
  execFileSync(program, args, { cwd, encoding: 'utf8' });

describe('the npm package', () => {
  let project: string;
  let files: readonly string[];
  const modules = (...parts: string[]): string => join(project, 'node_modules', ...parts);

  /** What the repository has of the package's files, with `dist` made anew: `npm pack` packs it. */
  function stage(folder: string): void {
    run(repository, compiler, '--project', 'tsconfig.build.json', '--outDir', join(folder, 'dist'));
    for (const name of ['package.json', 'src', 'test/house', ...manifest.files]) {
      if (name !== 'dist') cpSync(inRepository(name), join(folder, name), { recursive: true });
    }
  }

  function link(name: string): void {
    mkdirSync(dirname(modules(name)), { recursive: true });
    symlinkSync(inRepository('node_modules', name), modules(name));
  }

  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'weir-package-'));
    const staged = join(project, 'staged');
    stage(staged);
    const options = ['--json', '--ignore-scripts', '--offline', '--pack-destination', project];
    const [packed] = JSON.parse(run(staged, 'npm', 'pack', ...options));
    files = packed.files.map(({ path }: { readonly path: string }) => path);
    mkdirSync(modules('weir', 'build', 'Release'), { recursive: true });
    run(project, 'tar', '-xzf', packed.filename, '--strip-components=1', '-C', modules('weir'));
    for (const name of ['weir_native.node', 'weir_transport.node']) {
      const addon = ['build', 'Release', name];
      cpSync(inRepository(...addon), modules('weir', ...addon));
    }
    for (const name of [...Object.keys(manifest.dependencies), 'express', '@types/node', 'undici-types']) link(name);
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(project, 'rules.conf'), 'SecRule ARGS "@contains evil" "id:1,phase:2,deny,status:418"\n');
  });
  afterAll(() => rmSync(project, { recursive: true }));

  it('holds what it needs at run time, and no sources or tests of ours', () => {
    const tops = new Set(files.map((path) => path.split('/')[0]));
    expect(tops).toStrictEqual(new Set([...manifest.files, 'package.json']));
    const shown = ['bin/weir', 'dist/index.js', 'dist/index.d.ts', 'dist/matching/compile-worker.js', 'docs/api.md'];
    expect(files).toStrictEqual(expect.arrayContaining(shown));
    const built = readdirSync(inRepository('src'), { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.ts') && !files.includes(`dist/${path.replace(/\.ts$/, '.js')}`),
    );
    expect(built).toStrictEqual([]);
  });

  it('serves the starter pack and stops on SIGTERM', async () => {
    const socket = join(project, 'weir.sock');
    const weir = spawn(process.execPath, [modules('weir', manifest.bin.weir), 'serve', '--listen', `unix:${socket}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(weir, 'exit');
    let output = '';
    for await (const text of weir.stdout.setEncoding('utf8')) {
      output += text as string;
      if (output.startsWith('weir ready on unix:')) weir.kill('SIGTERM');
    }
    expect(output).toMatch(/^weir ready on unix:.*, \d+ rules, loaded in \d+ ms\n$/);
    expect(await exit).toStrictEqual([0, null]);
    expect(existsSync(socket), 'the socket is gone').toBe(false);
  });

  it('has types under which the program of docs/api.md is right', () => {
    const [, program = ''] = /```ts\n(.*?)```/s.exec(readFileSync(modules('weir', 'docs', 'api.md'), 'utf8')) ?? [];
    writeFileSync(join(project, 'program.ts'), program);
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
    expect(run(project, compiler, ...options, '--skipLibCheck', 'program.ts')).toBe('');
  });

  const examples: readonly (readonly [string, string, RequestInit, string])[] = [
    ['node-http.mjs', '/', { method: 'POST', body: 'x'.repeat(1_000_000) }, '1000000 bytes\n'],
    ['express.mjs', '/hello?name=Ann', {}, 'Hello Ann\n'],
  ];
  it.each(examples)('runs examples/%s', async (name, path, question, body) => {
    cpSync(modules('weir', 'examples', name), join(project, name));
    const example = spawn(process.execPath, [name, 'rules.conf'], { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] });
    example.stderr.resume();
    const exit = once(example, 'exit');
    try {
      const [port] = await Promise.race([once(example.stdout, 'data'), exit.then(() => ['none: it ended'])]);
      const url = `http://127.0.0.1:${String(port).trim()}`;
      const headers = { connection: 'close' };
      expect(await (await fetch(`${url}${path}`, { ...question, headers })).text()).toBe(body);
      expect((await fetch(`${url}/?a=evil`, { headers })).status).toBe(418);
    } finally {
      example.kill('SIGTERM');
    }
    expect(await exit).toStrictEqual([0, null]);
  });
});
