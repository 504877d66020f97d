// Through the real Envoy: more exchanges than Weir admits get a response at once, and it recovers by itself.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Front, harmlessBody, protocols } from '../support/exchange-front.ts';
import { healthOf } from '../support/health-client.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-overload-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = [['content-type', 'text/plain']] as const;
const full = ['--hold-time', '50000', '--limit', 'exchangesMax=2', '--limit', 'overloadRetryMs=6500'];

/** The audit log's lines about overload. */
const overloads = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.includes('admission.overload'));

describe('more exchanges than are admitted', () => {
  it('get 503 with Retry-After at once, are counted, and health reports it until there is room', async () => {
    const auditLog = join(folder, 'block.log');
    const front = await Front.start({ mode: 'streamed', weir: { args: [...full, '--audit-log', auditLog] } });
    try {
      const { address } = front.weir;
      expect.assert('socket' in address);
      const health = (): Promise<string | undefined> => healthOf(`unix:${address.socket}`);
      expect(await health()).toBe('SERVING');
      const held = [front.holdOpen(), front.holdOpen()];
      await until('both are under way', async () => (await front.openAtWeir()) === 2);
      for (const protocol of protocols) {
        const { answer, arrival } = await front.exchange({}, { protocol });
        expect(answer.status).toBe(503);
        expect(
          answer.headers.filter(([name]) => name.toLowerCase() === 'retry-after').map(([, value]) => value),
        ).toStrictEqual(['7']);
        expect(arrival, 'it did not reach the service').toBe(undefined);
      }
      expect(await health()).toBe('NOT_SERVING');
      for (const { release } of held) release();
      for (const { answer } of await Promise.all(held.map(({ exchanged }) => exchanged)))
        expect(answer.status, 'an admitted exchange continues').toBe(200);
      await until('there is room again', async () => (await health()) === 'SERVING');
      expect((await front.exchange({})).answer.status).toBe(200);
      await until('both are in the audit log', () => overloads(auditLog).length === 2);
    } finally {
      await front.stop();
    }
  });

  it('pass uninspected, and are counted, if the policy allows it', async () => {
    const auditLog = join(folder, 'allow.log');
    const args = [...full, '--audit-log', auditLog, '--on-failure', 'overload=allow'];
    const front = await Front.start({ mode: 'streamed', weir: { args } });
    try {
      const held = [front.holdOpen(), front.holdOpen()];
      await until('both are under way', async () => (await front.openAtWeir()) === 2);
      const body = [harmlessBody(100_000)];
      const { answer, arrival } = await front.exchange({ method: 'POST', headers: text, body });
      expect([answer.status, arrival?.bodyBytes]).toStrictEqual([200, 100_000]);
      for (const { release } of held) release();
      await Promise.all(held.map(({ exchanged }) => exchanged));
      await until('it is in the audit log', () => overloads(auditLog).length === 1);
      expect(overloads(auditLog)[0] ?? '').toMatch(/"uninspected":\{[^}]*"failure-policy":1\d{5}\b/);
    } finally {
      await front.stop();
    }
  });
});
