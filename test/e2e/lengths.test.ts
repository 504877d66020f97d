// Through the real Envoy: Weir changes no body, so Content-Length passes in both directions, and blocks still work.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
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
    before(async () => {
      front = await Front.start({ mode });
    });
    after(() => front.stop());

    for (const protocol of protocols) {
      it(`of an upload reaches the service (${protocol})`, async () => {
        const body = harmlessBody(300_000);
        const request = { method: 'POST', headers: [['content-type', 'text/plain']] as const, body: pieces(body) };
        const { arrival } = await front.exchange({ ...request, lengthBytes: body.length }, { protocol });
        assert.equal(headerOf(arrival?.headers, 'content-length'), '300000');
        assert.equal(headerOf(arrival?.headers, 'transfer-encoding'), undefined);
        assert.deepEqual([arrival?.state, arrival?.bodyBytes], ['complete', 300_000]);
      });

      it(`of an answer reaches the client, also of HEAD and 206 (${protocol})`, async () => {
        const get = await front.exchange({}, { protocol });
        assert.equal(headerOf(get.answer.headers, 'content-length'), String(get.answer.bodyBytes));
        const head = await front.exchange({ method: 'HEAD' }, { protocol });
        assert.deepEqual([head.answer.status, head.answer.bodyBytes, head.answer.end], [200, 0, 'complete']);
        assert.ok(Number(headerOf(head.answer.headers, 'content-length')) > 100);
        const part = {
          status: 206,
          headers: { 'content-length': '5', 'content-range': 'bytes 0-4/10' },
          body: 'hello',
        };
        const { answer } = await front.exchange(reflect(part), { protocol });
        assert.deepEqual([answer.status, answer.body, answer.end], [206, 'hello', 'complete']);
        assert.equal(headerOf(answer.headers, 'content-length'), '5');
        assert.equal(headerOf(answer.headers, 'content-range'), 'bytes 0-4/10');
      });

      it(`of a block is that of its page (${protocol})`, async () => {
        const early = { method: 'POST', headers: form, body: [Buffer.from(attack)], lengthBytes: attack.length };
        const late = Buffer.from(`v=${'a'.repeat(2_000_000)}&${attack}`);
        for (const request of [early, { ...early, body: pieces(late), lengthBytes: late.length }]) {
          const { answer, arrival } = await front.exchange(request, { protocol });
          assert.deepEqual([answer.status, answer.end], [403, 'complete']);
          assert.equal(headerOf(answer.headers, 'content-length'), String(answer.bodyBytes));
          assert.notEqual(arrival?.state, 'complete');
        }
      });

      it(`of a leak that is cut late is never reached (${protocol})`, async () => {
        const [bytes, repeat] = [65_536, 60];
        const headers = { 'content-type': 'text/html', 'content-length': String(bytes * repeat + leak.length) };
        const order = { headers, body: 'ab'.repeat(bytes / 2), repeat, end: leak };
        const { answer } = await front.exchange(reflect(order), { protocol });
        assert.deepEqual([answer.status, answer.end], [200, 'cut']);
        assert.ok(!answer.body.includes('error in your SQL'));
        const { answer: page } = await front.exchange(
          reflect({ headers: { 'content-type': 'text/html', 'content-length': String(leak.length) }, body: leak }),
          { protocol },
        );
        assert.equal(page.status, 403);
        assert.equal(headerOf(page.headers, 'content-length'), String(page.bodyBytes));
      });
    }
  });
}
