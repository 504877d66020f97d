// Through the real Envoy on each transport: what passes and what is blocked, in the head, in the body, in the response; a body that stays
// open, overload, and a drain. All other end-to-end tests serve by the default one, or by WEIR_TEST_TRANSPORT.

import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Front, harmlessBody } from '../support/exchange-front.ts';
import { healthOf } from '../support/health-client.ts';
import { transports } from '../support/transports.ts';
import { until } from '../support/until.ts';

const attack = "1' union select password from users-- -";
const leak = 'You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version';
const text = [['content-type', 'text/plain']] as const;
const largeBytes = 4 * 1024 * 1024;

describe.each(transports)('Envoy and $name', ({ name: transport }) => {
  for (const mode of ['streamed', 'full-duplex'] as const) {
    it(`pass what is harmless and block what is not, ${mode}`, async () => {
      const front = await Front.start({ mode, weir: { transport } });
      const post = (...body: readonly Uint8Array[]) => front.exchange({ method: 'POST', headers: text, body });
      try {
        expect((await front.exchange({ path: '/?a=b' })).answer.status).toBe(200);
        expect((await front.exchange({ path: `/?a=${encodeURIComponent(attack)}` })).answer.status).toBe(403);
        const large = harmlessBody(largeBytes);
        const { answer, arrival } = await post(large);
        expect([answer.status, arrival?.bodyBytes]).toStrictEqual([200, largeBytes]);
        const blocked = await post(Buffer.from(`${'x'.repeat(100_000)} ${attack}`));
        expect([blocked.answer.status, blocked.arrival?.state === 'complete']).toStrictEqual([403, false]);
        const page = { headers: { 'content-type': 'text/html' }, encodedBody: Buffer.from(leak).toString('base64') };
        const leaking = await front.exchange({
          method: 'POST',
          path: '/reflect',
          headers: [['content-type', 'application/json']],
          body: [Buffer.from(JSON.stringify(page))],
        });
        expect(leaking.answer.status === 403 || leaking.answer.end === 'cut').toBe(true);
      } finally {
        await front.stop();
      }
    });
  }

  it('hold a body that stays open, refuse overload, and drain', async () => {
    const limits = ['exchangesMax=1', 'drainNoticeMs=100', 'drainMsMax=25000'].flatMap((limit) => ['--limit', limit]);
    const front = await Front.start({
      mode: 'streamed',
      weir: { transport, args: ['--hold-time', '50000', ...limits] },
    });
    try {
      const { address } = front.weir;
      expect.assert('socket' in address);
      const held = front.holdOpen();
      await until('it is under way', async () => (await front.openAtWeir()) === 1);
      expect((await front.exchange({})).answer.status).toBe(503);
      expect(await healthOf(`unix:${address.socket}`)).toBe('NOT_SERVING');
      process.kill(front.weir.pid, 'SIGTERM');
      await until('it listens no longer', () => !existsSync(address.socket));
      held.release();
      expect((await held.exchanged).answer.status, 'what was begun goes through').toBe(200);
      expect(await front.weir.process.ended).toBe('Weir ended with status 0');
    } finally {
      await front.stop();
    }
  });
});
