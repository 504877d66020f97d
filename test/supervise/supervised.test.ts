// A server replies to its supervisor over any channel.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CrashGuard } from '../../src/ext-proc/crash-guard.ts';
import { startServer } from '../../src/server/server.ts';
import type { FromWorker, Questions, ToWorker } from '../../src/supervise/messages.ts';
import { channelOfProcess, serveSupervisor } from '../../src/supervise/supervised.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-supervised-'));
afterAll(() => rmSync(folder, { recursive: true }));
const rules = join(folder, 'a.conf');
const good = 'SecRule ARGS "@contains attack" "id:1,phase:2,deny,log"\n';

describe('serveSupervisor', () => {
  it('reports that it is ready, replies to each request with its number, and stops on request', async () => {
    writeFileSync(rules, good);
    const server = await startServer(() => ({ listen: ['127.0.0.1:0'], rules: [rules], logLevel: 'silent' }));
    const said: FromWorker[] = [];
    let tell: (message: ToWorker) => void = () => undefined;
    let leave: () => void = () => undefined;
    let stops = 0;
    const guard = new CrashGuard(undefined);
    serveSupervisor(
      {
        send: (message) => said.push(message),
        onMessage: (take) => {
          tell = take;
        },
        onGone: (take) => {
          leave = take;
        },
        close: () => undefined,
      },
      {
        server,
        guard,
        stop: () => {
          stops += 1;
        },
      },
    );
    expect(said).toMatchObject([{ kind: 'ready', addresses: server.addresses, ruleCount: 1 }]);
    const answerTo = async (name: keyof Questions): Promise<unknown> => {
      const number = said.length;
      tell({ kind: 'question', number, name });
      const answer = await until(`an answer to ${name}`, () =>
        said.find((one) => one.kind === 'answer' && one.number === number),
      );
      return answer.kind === 'answer' ? answer.answer : undefined;
    };
    expect(await answerTo('health')).toStrictEqual({
      notReady: undefined,
      generation: 1,
      failedReload: undefined,
    });
    expect(await answerTo('reload')).toMatchObject({ isDone: true, generation: 2, ruleCount: 1 });
    writeFileSync(rules, 'SecRule ARGS "@nope x" "id:2"\n');
    expect(await answerTo('reload')).toMatchObject({
      isDone: false,
      generation: 2,
      message: expect.stringMatching(/a\.conf:1/),
    });
    expect(await answerTo('health')).toMatchObject({ failedReload: { message: expect.stringMatching(/a\.conf:1/) } });
    expect([await answerTo('shadow'), await answerTo('exclusions')]).toStrictEqual([[], []]);
    expect(await answerTo('metrics')).toStrictEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'weir_generation' })]),
    );
    tell({ kind: 'reopen-logs' });
    tell({ kind: 'log-level', level: 'silent', forMs: 10 });
    tell({ kind: 'quarantine', quarantine: { inputs: [], profiles: ['a'] } });
    expect(guard.refusal('a', undefined)?.code).toBe('admission.quarantine');
    tell({ kind: 'stop' });
    leave();
    expect(stops).toBe(2);
    await server.stop();
  });

  it('needs a channel', () => {
    if (process.send === undefined) expect(() => channelOfProcess()).toThrow(/no supervisor/);
    else expect(channelOfProcess()).toHaveProperty('send');
  });
});
