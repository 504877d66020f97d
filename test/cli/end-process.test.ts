// How a server ends while patterns compile: at once.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { heapArguments } from '../../src/cli/heap.ts';
import { askAdmin } from '../support/admin.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-end-'));
afterAll(() => rmSync(folder, { recursive: true }));
const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const fast = 'SecRule ARGS "@contains a" "id:1,phase:2,deny"\n';
/** One set, six seconds of compilation on a quiet machine. */
const slow = Array.from(
  { length: 6_000 },
  (_, n) => `SecRule ARGS "@rx w${n}[a-z]{1,9}x.{0,20}y" "id:${n + 10},phase:2,pass"\n`,
).join('');

/** Processor time of a thread that has begun to compile, in hundredths of a second. */
const compileTicks = 80;

/** The processor time of the busiest thread apart from the first. */
function threadTicks(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  const ticks = readdirSync(tasks).map((thread) => {
    if (thread === String(pid)) return 0;
    try {
      return Number(readFileSync(`${tasks}/${thread}/stat`, 'utf8').split(') ')[1]?.split(' ')[11]);
    } catch {
      return 0;
    }
  });
  return Math.max(0, ...ticks);
}

/** A server with an admin address, and a cache of its own, which has a file for each set that was compiled. */
function start(name: string, rules: string) {
  const [file, cache] = [join(folder, `${name}.conf`), join(folder, name)];
  writeFileSync(file, rules);
  mkdirSync(cache, { mode: 0o700 });
  const admin = `unix:${join(folder, `${name}.sock`)}`;
  const words = ['serve', '--listen', '127.0.0.1:0', '--rules', file, '--cache', cache, '--admin', admin];
  const child = spawn(process.execPath, [...heapArguments, main, ...words, '--log-level', 'silent'], {
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  const compiles = () => until('patterns compile', () => threadTicks(child.pid ?? 0) >= compileTicks);
  const compiled = (): number => readdirSync(cache).filter((one) => one.endsWith('.hsdb')).length;
  return { child, ended, file, admin, compiles, compiled };
}

describe('a server that is stopped while patterns compile', () => {
  it('does not wait for them at its start', async () => {
    const { child, ended, compiles, compiled } = start('start', slow);
    await compiles();
    child.kill('SIGTERM');
    expect(await ended).toStrictEqual([0, null]);
    expect(compiled(), 'the set was given up').toBe(0);
  });

  it('does not wait for those of a reload', async () => {
    const { child, ended, file, admin, compiles, compiled } = start('reload', fast);
    await until('it is ready', async () => (await askAdmin(admin, '/readyz').catch(() => undefined))?.status === 200);
    const before = compiled();
    writeFileSync(file, slow);
    child.kill('SIGHUP');
    await compiles();
    child.kill('SIGTERM');
    expect(await ended).toStrictEqual([0, null]);
    expect(compiled(), 'the set was given up').toBe(before);
  });

  it('ends at once with a different status on a second signal', async () => {
    const { child, ended, compiles, compiled } = start('twice', slow);
    await compiles();
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect((await ended)[1]).toBe(null);
    expect(compiled()).toBe(0);
  });
});
