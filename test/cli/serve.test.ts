// `weir serve --processes`: what a user types, what the terminal shows, and how it ends.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-processes-'));
afterAll(() => rmSync(folder, { recursive: true }));
const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

describe('weir serve --processes', () => {
  for (const [text, message] of [
    ['0', /from 1 to 256, or auto/],
    ['-1', /from 1 to 256, or auto/],
    ['257', /from 1 to 256, or auto/],
    ['two', /from 1 to 256, or auto/],
  ] as const) {
    it(`refuses ${text}`, () => {
      const { status, stderr } = spawnSync(process.execPath, [main, 'serve', '--processes', text], {
        encoding: 'utf8',
      });
      expect([status, stderr]).toStrictEqual([2, expect.stringMatching(message)]);
    });
  }

  it('reports an error once, when the first process does, and ends', () => {
    const words = [
      'serve',
      '--processes',
      '2',
      '--listen',
      `unix:${join(folder, 'a.sock')}`,
      '--rules',
      join(folder, 'none'),
    ];
    const { status, stderr } = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/none/);
    expect(stderr).toMatch(/process 0 of 2 did not start/);
  });

  it('prints one ready line, opens a socket for each process, and removes them when it is stopped', async () => {
    const socket = join(folder, 'weir.sock');
    const child = spawn(process.execPath, [main, 'serve', '--processes', '2', '--listen', `unix:${socket}`]);
    let out = '';
    child.stdout.on('data', (piece) => {
      out += piece;
    });
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
    await until('a ready line', () => out.includes('\n'));
    expect(out).toMatch(/^weir ready on unix:.*weir-0\.sock, unix:.*weir-1\.sock, \d+ rules, .* 2 processes\n$/);
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.sock'))
        .sort(),
    ).toStrictEqual(['weir-0.sock', 'weir-1.sock']);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(
      readdirSync(folder).filter((name) => existsSync(join(folder, name)) && name.endsWith('.sock')),
    ).toStrictEqual([]);
  });

  it('leaves no process behind when it is killed', async () => {
    const child = spawn(process.execPath, [
      main,
      'serve',
      '--processes',
      '2',
      '--listen',
      `unix:${join(folder, 'k.sock')}`,
    ]);
    let out = '';
    child.stdout.on('data', (piece) => {
      out += piece;
    });
    await until('a ready line', () => out.includes('\n'));
    child.kill('SIGKILL');
    await until(
      'the sockets are gone, and with them the processes',
      () => !existsSync(join(folder, 'k-0.sock')) && !existsSync(join(folder, 'k-1.sock')),
    );
  });
});
