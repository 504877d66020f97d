// Several servers as one, each a real `weir serve`.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf } from '../../src/config/config.ts';
import { type RunningSupervisor, startSupervisor } from '../../src/supervise/supervisor.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-supervisor-'));
const rules = join(folder, 'a.conf');
const good = 'SecRule ARGS "@contains attack" "id:1,phase:2,deny,log"\n';
const admin = join(folder, 'admin.sock');
const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

const optionsFor = (listen: readonly string[]) => ({
  program,
  words: ['serve', '--listen', ...listen, '--rules', rules, '--log-level', 'silent', '--no-cache'],
  config: configOf({
    processes: 2,
    listen,
    rules: [rules],
    logLevel: 'silent',
    admin: { listen: `unix:${admin}` },
    // Real ones still reply in time, and nothing waits long for one that hangs.
    limits: { workerAnswerMsMax: 1_000, workerReloadMsMax: 5_000, workerHealthMs: 100 },
  }),
  onDrain: () => undefined,
});

function ask(
  method: string,
  path: string,
  socketPath = admin,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method, headers: { host: 'localhost' } }, (response) => {
      let body = '';
      response.on('data', (piece) => {
        body += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('startSupervisor', () => {
  let running: RunningSupervisor;
  beforeAll(async () => {
    writeFileSync(rules, good);
    running = await startSupervisor(optionsFor([`unix:${join(folder, 'weir.sock')}`]));
  });
  afterAll(async () => {
    await running.stop();
    rmSync(folder, { recursive: true });
  });

  it('gives each process its own address, and reports it', () => {
    expect(running.readyLine).toMatch(
      /^weir ready on unix:.*weir-0\.sock, unix:.*weir-1\.sock, 1 rules, .* 2 processes$/,
    );
    expect(new Set(running.pids).size).toBe(2);
  });

  it('answers for all at one admin address', async () => {
    expect(await ask('GET', '/readyz')).toMatchObject({ status: 200, body: expect.stringMatching(/^ready\n/) });
    // On a busy machine a process may reply too late, and is then left out.
    const { body } = await until('metrics of the processes', async () => {
      const answer = await ask('GET', '/metrics');
      return answer.body.includes('weir_rules 1\n') ? answer : undefined;
    });
    expect(body).toMatch(/^weir_generation 1$/m);
    expect(await ask('POST', '/-/log-level?level=silent&seconds=1')).toMatchObject({ status: 200 });
  });

  it('reloads all, or none if the first fails', async () => {
    expect(await running.reload()).toMatchObject({ isDone: true, generation: 2 });
    writeFileSync(rules, 'SecRule ARGS "@nope x" "id:2"\n');
    expect(await ask('POST', '/-/reload')).toMatchObject({ status: 500, body: expect.stringMatching(/a\.conf:1/) });
    expect((await ask('GET', '/readyz')).body).toMatch(/^ready\n[\s\S]*the last reload failed/);
    writeFileSync(rules, good);
    expect(await running.reload()).toMatchObject({ isDone: true, generation: 3 });
    running.reopenLogs();
  });

  it('reloads once more for requests during a reload: the first may have read the files before they changed', async () => {
    const [first, second] = await Promise.all([running.reload(), running.reload()]);
    expect([first, second]).toMatchObject([
      { isDone: true, generation: 4 },
      { isDone: true, generation: 5 },
    ]);
  });

  it('counts a process that hangs as not ready, and as not reloaded', async (test) => {
    const [first, second] = running.pids as readonly [number, number];
    const stopped = [second];
    test.onTestFinished(() => {
      for (const pid of stopped) process.kill(pid, 'SIGCONT');
    });
    const said = async () => (await ask('GET', '/readyz')).body;
    process.kill(second, 'SIGSTOP');
    expect(await running.reload()).toMatchObject({
      isDone: false,
      error: expect.objectContaining({ message: expect.stringMatching(/process 1 does not answer/) as string }),
    });
    expect(await said()).toMatch(/^ready\n[\s\S]*process 1 does not answer/);
    stopped.push(first);
    process.kill(first, 'SIGSTOP');
    await until('none is ready', async () => (await ask('GET', '/readyz')).status === 503);
    expect(await said()).toMatch(/^not ready: process 0: does not answer; process 1: does not answer\n/);
    for (const pid of stopped.splice(0)) process.kill(pid, 'SIGCONT');
    await until('they are ready', async () => (await ask('GET', '/readyz')).status === 200);
    expect(await running.reload()).toMatchObject({ isDone: true });
  });

  it('restarts a killed process, and continues with the others', async () => {
    const [, second] = running.pids;
    process.kill(second as number, 'SIGKILL');
    await until('it is gone', () => running.pids[1] !== second);
    expect(await ask('GET', '/readyz')).toMatchObject({ status: 200 });
    const again = await until('another process', () => running.pids[1]);
    expect(again).not.toBe(second);
    // One that is starting may have read the rules before they changed.
    expect(await running.reload()).toMatchObject({ isDone: true, generation: 2 });
    await until('it answers', async () => (await ask('GET', '/metrics')).body.includes('weir_rules 1\n'));
    expect((await ask('GET', '/metrics')).body).toMatch(/^weir_process_restarts_total 1$/m);
  });

  it('reports a failed reload in a process that watches its files', async () => {
    const watched = join(folder, 'watched');
    mkdirSync(watched);
    const file = join(watched, 'a.conf');
    writeFileSync(file, good);
    const { words, config, ...others } = optionsFor([`unix:${join(watched, 'weir.sock')}`]);
    const socket = join(watched, 'admin.sock');
    const own = await startSupervisor({
      ...others,
      words: [...words.map((word) => (word === rules ? file : word)), '--watch', '--limit', 'watchIntervalMs=20'],
      config: { ...config, processes: 1, admin: { listen: `unix:${socket}` } },
    });
    writeFileSync(file, 'SecRule ARGS "@nope x" "id:2"\n');
    const said = () => ask('GET', '/readyz', socket);
    await until('it says so', async () =>
      /the last reload failed[\s\S]*process 0: [\s\S]*a\.conf:1/.test((await said()).body),
    );
    expect((await said()).status).toBe(200);
    expect((await ask('GET', '/exclusions', socket)).body).toBe('{\n  "exclusions": []\n}\n');
    expect((await ask('GET', '/shadow', socket)).body).toBe('{\n  "examples": []\n}\n');
    await own.stop();
  });

  it('rejects settings that cannot apply to several processes', async () => {
    await expect(startSupervisor(optionsFor(['127.0.0.1:65535']))).rejects.toThrow(/port 65536/);
  });

  it('ends all processes, and removes their sockets', async () => {
    const pids = running.pids.filter((pid) => pid !== undefined);
    await running.stop();
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});
