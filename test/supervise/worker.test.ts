// A process that gets requests, dies and is restarted: shown with programs of a few lines.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { workSlotBytes } from '../../src/ext-proc/work-slot.ts';
import { Worker } from '../../src/supervise/worker.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-worker-'));
afterAll(() => rmSync(folder, { recursive: true }));
const program = join(folder, 'program.mjs');
// Reports that it is ready; replies to requests with its process id, unless its arguments prevent that.
writeFileSync(
  program,
  `const [how] = process.argv.slice(2);
  if (how === 'fails') process.exit(3);
  process.on('message', (message) => {
    if (message.kind === 'stop' && how !== 'stays') process.exit(0);
    if (message.kind === 'question' && message.name === 'reload') process.exit(4);
    if (message.kind === 'question' && how !== 'silent') process.send({ kind: 'answer', number: message.number, answer: process.pid });
  });
  if (how === 'crashes') {
    for (const generation of [1, 2, 3]) process.send({ kind: 'rules', rules: { generation, packs: {} } });
    process.on('message', ({ kind, quarantine }) => {
      if (kind === 'quarantine') process.send({ kind: 'rules', rules: { generation: quarantine.inputs.length + 6, packs: {} } });
      else process.kill(process.pid, 'SIGSEGV');
    });
  }
  process.send({ kind: 'ready', addresses: [process.env.WEIR_PROCESS], ruleCount: 1, loadMs: 2 });`,
);

let worker: Worker | undefined;
const events: string[] = [];
function open(how: string, own = {}): Worker {
  events.length = 0;
  worker = new Worker(5, {
    program,
    words: [how],
    limits: { ...limits, restartMsMin: 10, ...own },
    onEvent: (sentence) => events.push(sentence),
    onCrash: ({ process: index, signal, rules, slot }) => {
      events.push(
        `crash of ${index}: ${signal}, rules ${rules.map(({ generation }) => generation).join()}, slot ${slot?.length}`,
      );
    },
    onRules: ({ generation }) => events.push(`rules ${generation}`),
    greeting: () => ({ kind: 'quarantine', quarantine: { inputs: ['a'], profiles: [] } }),
  });
  return worker;
}
afterEach(() => worker?.stop());

describe('Worker', () => {
  it('starts a process that knows its number, sends it a request, and stops it', async () => {
    const one = open('well');
    expect(await one.ask('health'), 'not running').toBe(undefined);
    expect(await one.start()).toMatchObject({ addresses: ['5'] });
    expect(await Promise.all([one.ask('health'), one.ask('metrics')])).toStrictEqual([one.pid, one.pid]);
    await one.stop();
    expect([one.pid, one.ready, await one.ask('health'), events]).toStrictEqual([undefined, undefined, undefined, []]);
  });

  it('returns undefined for a process that ends before it is ready, and does not restart it', async () => {
    const one = open('fails');
    expect([await one.start(), one.pid, events]).toStrictEqual([undefined, undefined, []]);
  });

  it('restarts a process that was killed, and one that ends by itself; its requests get no reply', async () => {
    const one = open('well');
    await one.start();
    const before = one.pid;
    expect(await one.ask('reload')).toBe(undefined);
    await until('it is ready again', () => one.ready !== undefined && one.pid !== before);
    expect(events[0]).toBe('process 5 ended with status 4; it is started again in 10 ms');
    const again = one.pid as number;
    process.kill(again, 'SIGKILL');
    await until('it is ready again', () => one.ready !== undefined && one.pid !== again);
    expect(events.slice(1)).toStrictEqual([
      'process 5 is ready again',
      'process 5 ended with SIGKILL; it is started again in 20 ms',
      ...events.slice(3),
    ]);
  });

  it('is greeted, reports its rules, and leaves its current work behind when it crashes', async () => {
    const one = open('crashes');
    await one.start();
    await until('its rules', () => events.includes('rules 7'));
    one.tell({ kind: 'reopen-logs' });
    await until('it has ended', () => one.ready === undefined);
    expect(events).toContain(`crash of 5: SIGSEGV, rules 3,7, slot ${workSlotBytes}`);
  });

  it('waits no longer than the limit for one that does not reply, or does not end', async () => {
    const one = open('silent', { workerAnswerMsMax: 20 });
    await one.start();
    expect(await one.ask('health')).toBe(undefined);
    await one.stop();
    const other = open('stays', { workerStopMsMax: 20 });
    await other.start();
    await other.stop();
    expect(other.pid).toBe(undefined);
  });
});
