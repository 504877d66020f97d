// Through the real Envoy: Weir changes no body, so Content-Length passes in both directions, and blocks still work.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeaderPairs } from '../../demo/stack/arrivals.ts';
import type { Request } from '../../demo/stack/client.ts';
import { Front, harmlessBody, pieces, protocols } from '../support/exchange-front.ts';

const headerOf = (headers: HeaderPairs | undefined, name: string): string | undefined =>
  headers?.find(([one]) => one.toLowerCase() === name)?.[1];

const reflect = (order: Readonly<Record<string, unknown>>): Request => ({
  method: 'POST',
  path: '/reflect',
  headers: [['content-type', 'application/json']],
  body: [Buffer.from(JSON.stringify(order))],
});

const form = [['content-type', 'application/x-www-form-urlencoded']] as const;
const attack = "q=1' UNION SELECT password FROM users-- ";
const leak =
  "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near ''' at line 1";

for (const mode of ['streamed', 'full-duplex'] as const) {
  describe(`Content-Length, ${mode}`, () => {
    let front: Front;
    beforeAll(async () => {
      front = await Front.start({ mode });
    });
    afterAll(() => front.stop());

    for (const protocol of protocols) {
      it(`of an upload reaches the service (${protocol})`, async () => {
        const body = harmlessBody(300_000);
        const request = { method: 'POST', headers: [['content-type', 'text/plain']] as const, body: pieces(body) };
        const { arrival } = await front.exchange({ ...request, lengthBytes: body.length }, { protocol });
        expect(headerOf(arrival?.headers, 'content-length')).toBe('300000');
        expect(headerOf(arrival?.headers, 'transfer-encoding')).toBe(undefined);
        expect([arrival?.state, arrival?.bodyBytes]).toStrictEqual(['complete', 300_000]);
      });

      it(`of a response reaches the client, also for HEAD and 206 (${protocol})`, async () => {
        const get = await front.exchange({}, { protocol });
        expect(headerOf(get.answer.headers, 'content-length')).toBe(String(get.answer.bodyBytes));
        const head = await front.exchange({ method: 'HEAD' }, { protocol });
        expect([head.answer.status, head.answer.bodyBytes, head.answer.end]).toStrictEqual([200, 0, 'complete']);
        expect(Number(headerOf(head.answer.headers, 'content-length'))).toBeGreaterThan(100);
        const part = {
          status: 206,
          headers: { 'content-length': '5', 'content-range': 'bytes 0-4/10' },
          body: 'hello',
        };
        const { answer } = await front.exchange(reflect(part), { protocol });
        expect([answer.status, answer.body, answer.end]).toStrictEqual([206, 'hello', 'complete']);
        expect(headerOf(answer.headers, 'content-length')).toBe('5');
        expect(headerOf(answer.headers, 'content-range')).toBe('bytes 0-4/10');
      });

      it(`of a block is that of its page (${protocol})`, async () => {
        const early = { method: 'POST', headers: form, body: [Buffer.from(attack)], lengthBytes: attack.length };
        const late = Buffer.from(`v=${'a'.repeat(2_000_000)}&${attack}`);
        for (const request of [early, { ...early, body: pieces(late), lengthBytes: late.length }]) {
          const { answer, arrival } = await front.exchange(request, { protocol });
          expect([answer.status, answer.end]).toStrictEqual([403, 'complete']);
          expect(headerOf(answer.headers, 'content-length')).toBe(String(answer.bodyBytes));
          expect(arrival?.state).not.toBe('complete');
        }
      });

      it(`of a leak that is cut late is never reached (${protocol})`, async () => {
        const [bytes, repeat] = [65_536, 60];
        const headers = { 'content-type': 'text/html', 'content-length': String(bytes * repeat + leak.length) };
        const order = { headers, body: 'ab'.repeat(bytes / 2), repeat, end: leak };
        const { answer } = await front.exchange(reflect(order), { protocol });
        expect([answer.status, answer.end]).toStrictEqual([200, 'cut']);
        expect(answer.body.includes('error in your SQL')).toBe(false);
        const { answer: page } = await front.exchange(
          reflect({ headers: { 'content-type': 'text/html', 'content-length': String(leak.length) }, body: leak }),
          { protocol },
        );
        expect(page.status).toBe(403);
        expect(headerOf(page.headers, 'content-length')).toBe(String(page.bodyBytes));
      });
    }
  });
}
