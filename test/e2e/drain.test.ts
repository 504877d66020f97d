// Through the real Envoy: a server that is asked to end still admits exchanges while clients switch to others, completes open ones, and
// then ends.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askAdmin } from '../support/admin.ts';
import { Front } from '../support/exchange-front.ts';
import { healthOf } from '../support/health-client.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-drain-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a drain', () => {
  for (const [how, ask] of [
    ['SIGTERM', (front: Front) => void process.kill(front.weir.pid, 'SIGTERM')],
    ['POST /-/drain', (_: Front, admin: string) => askAdmin(admin, '/-/drain', { method: 'POST' })],
  ] as const) {
    it(`by ${how} is announced first, loses no exchange, and ends with status 0`, async () => {
      const admin = `unix:${join(folder, how.length.toString())}`;
      const limits = ['drainNoticeMs=4000', 'drainMsMax=25000'].flatMap((limit) => ['--limit', limit]);
      const front = await Front.start({
        mode: 'streamed',
        weir: { args: ['--admin', admin, '--hold-time', '50000', ...limits] },
      });
      try {
        const { address } = front.weir;
        expect.assert('socket' in address);
        const held = front.holdOpen();
        await until('it is under way', async () => (await front.openAtWeir()) === 1);
        await ask(front, admin);
        const notReady = await until('it says that it ends', async () => {
          const answer = await askAdmin(admin, '/readyz');
          return answer.status === 503 && answer;
        });
        expect(notReady.body).toMatch(/^not ready: draining/);
        expect((await front.exchange({})).answer.status, 'it still takes exchanges on').toBe(200);
        expect(await healthOf(`unix:${address.socket}`)).toBe('NOT_SERVING');
        await until('it listens no longer', () => !existsSync(address.socket));
        expect((await askAdmin(admin, '/livez')).status, 'but at its admin address').toBe(200);
        held.release();
        expect((await held.exchanged).answer.status, 'what was begun goes through').toBe(200);
        expect(await front.weir.process.ended).toBe('Weir ended with status 0');
      } finally {
        await front.stop();
      }
    });
  }
});
