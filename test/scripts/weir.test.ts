// bin/weir in a checkout: from any folder, as any user, and without an unrequested set-up.

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
const folder = mkdtempSync(join(tmpdir(), 'weir-bin-'));
afterAll(() => rmSync(folder, { recursive: true }));
chmodSync(folder, 0o755);

/** Time limit of a command that has nothing to wait for. */
const timeout = 60_000;

function weir(checkout: string, words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(checkout, 'bin', 'weir'), ...words], {
    cwd: '/',
    encoding: 'utf8',
    timeout,
  });
  return { status, stdout, stderr };
}

/** Every file and folder in a folder. */
const listed = (path: string): string[] => readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();

describe('bin/weir', () => {
  it('works from any folder, with paths relative to it', () => {
    expect(weir(root, ['--version']).stdout).toMatch(/^weir \S+ \(.*Node \d+/);
    expect(weir(root, ['--help']).stdout).toMatch(/^Usage: weir \[options\] \[command\]\n.*\n {2}serve /s);
    const path = join(folder, 'a.conf').slice(1);
    writeFileSync(`/${path}`, 'SecRule ARGS "@contains x" "id:1,phase:2,deny"\n');
    const { status, stdout } = weir(root, ['check', '--no-cache', '--rules', path]);
    expect(status, stdout).toBe(0);
    expect(stdout).toMatch(/1 rules run/);
  });

  it('passes a status on', () => {
    expect(weir(root, ['serve', '--listen', 'nowhere']).status).toBe(2);
    expect(weir(root, ['serve', '--config', '/nowhere.yaml']).status).toBe(2);
  });

  it('prints help and version and refuses to serve before the set-up, and changes nothing', () => {
    const bare = join(folder, 'bare');
    for (const name of ['bin', 'scripts', 'package.json', 'package-lock.json']) {
      cpSync(join(root, name), join(bare, name), { recursive: true });
    }
    const before = listed(bare);
    expect(weir(bare, ['--version'])).toStrictEqual({
      status: 0,
      stdout: `weir ${version} (not set up)\n`,
      stderr: '',
    });
    for (const words of [['--help'], [], ['help', 'serve'], ['serve', '--help'], ['check', '-h']]) {
      const { status, stdout } = weir(bare, words);
      expect(status).toBe(0);
      expect(stdout, words.join(' ')).toMatch(/not set up here yet: run "npm run setup" in\n.*bare\n/);
    }
    const { status, stderr } = weir(bare, ['serve']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/Run "npm run setup" in .*bare first\./);
    expect(listed(bare)).toStrictEqual(before);
  });

  const isRoot = process.geteuid?.() === 0;
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;
  const canRead = isRoot && spawnSync(nobody[0], [...nobody.slice(1), 'ls', root]).status === 0;

  it.skipIf(!canRead && 'needs root and a readable checkout')(
    'serves as another user than the one who set it up',
    async () => {
      const words = ['serve', '--listen', '127.0.0.1:0', '--rules', join(folder, 'a.conf'), '--no-cache'];
      const args = [...nobody.slice(1), process.execPath, join(root, 'bin', 'weir'), ...words];
      const child = spawn(nobody[0], args, { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      for await (const line of createInterface({ input: child.stdout })) {
        expect(line).toMatch(/^weir ready on /);
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        expect(status, 'the process that was started is the server itself').toMatch(/^Uid:\s65534\s/m);
        child.kill('SIGTERM');
      }
      expect(await ended).toBe(0);
    },
  );
});

describe('machineFor', () => {
  it('has every level that a task needs', () => {
    const lines = `import { levels, machineFor } from '${join(root, 'scripts', 'setup.mjs')}';
      import { tasks } from '${join(root, 'scripts', 'tasks.mjs')}';
      for (const { needs } of Object.values(tasks)) {
        if (!levels.includes(needs)) throw new Error(needs);
        machineFor(needs);
      }
      console.log('all');`;
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', lines], { encoding: 'utf8', timeout });
    expect(run.stdout, run.stderr).toBe('all\n');
  });
});

describe('the lock of the set-up', () => {
  it('is not taken when nothing is to be done', () => {
    const lines = `import { machineFor, setUp } from '${join(root, 'scripts', 'setup.mjs')}';
      console.log(machineFor('native') !== undefined, (await setUp('native')).node.version);`;
    const text = 'the lock was asked for';
    const guarded = `import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const { writeFileSync } = fs;
      fs.writeFileSync = (path, ...rest) => {
        if (String(path).endsWith('setup.lock')) throw new Error('${text}');
        return writeFileSync(path, ...rest);
      };
      syncBuiltinESMExports();
      ${lines.replace('import {', 'const {').replace(' } from ', ' } = await import(').replace("';", "');")}`;
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', guarded], { encoding: 'utf8', timeout });
    expect(run.stdout, run.stderr).toMatch(/^true v\d+/);
  });
});
