// Through the real Envoy, when things go wrong: Weir dies, senders stall, proxies and clients leave. Nothing passes
// uninspected, and nobody hangs.

import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { Front, harmlessBody, protocols } from '../support/exchange-front.ts';

const text = [['content-type', 'text/plain']] as const;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A body that waits in its middle for a promise. */
async function* interrupted(bytes: number, middle: () => Promise<void>): AsyncGenerator<Uint8Array> {
  yield harmlessBody(bytes);
  await middle();
  yield harmlessBody(bytes);
}

describe('killing Weir in the middle of a body', () => {
  for (const mode of ['streamed', 'streamed-wait', 'full-duplex'] as const) {
    it(`gives the client an error, never a pass (${mode})`, async () => {
      for (const protocol of protocols) {
        const front = await Front.start({ mode });
        try {
          const { answer, arrival } = await front.exchange(
            {
              method: 'POST',
              headers: text,
              body: interrupted(5_000, async () => {
                await sleep(100);
                front.weir.process.signal('SIGKILL');
                await sleep(100);
              }),
            },
            { protocol },
          );
          assert.ok(answer.status >= 500 || answer.status === 0, `${protocol}: status ${answer.status}`);
          assert.notEqual(arrival?.state, 'complete', `${protocol}: the request reached the service whole`);
          const next = await front.exchange({}, { protocol });
          assert.ok(next.answer.status >= 500, `${protocol}: without Weir nothing passes`);
          assert.equal(next.arrival, undefined);
        } finally {
          await front.stop();
        }
      }
    });
  }
});

describe('a sender that stalls', () => {
  it('has its head answered after the hold time, and is blocked by what it sends later', async () => {
    const front = await Front.start({ mode: 'streamed', weir: { args: ['--hold-time', '300'] } });
    try {
      for (const protocol of protocols) {
        const before = front.upstream.arrivals.count;
        let contacted = false;
        const { answer } = await front.exchange(
          {
            method: 'POST',
            headers: [['content-type', 'application/x-www-form-urlencoded']],
            body: (async function* () {
              yield Buffer.from("q=1' UNION SEL");
              await sleep(100);
              contacted = front.upstream.arrivals.count > before;
              await sleep(700);
              yield Buffer.from('ECT password FROM users-- ');
            })(),
          },
          { protocol },
        );
        assert.equal(contacted, false, `${protocol}: the service was contacted within the hold time`);
        assert.equal(answer.status, 403, protocol);
        await sleep(30);
      }
    } finally {
      await front.stop();
    }
  });

  it('does not make others wait', async () => {
    const front = await Front.start({ mode: 'streamed' });
    try {
      const stalled = Array.from({ length: 50 }, () => {
        const socket = connect({ port: front.envoy.frontPort, host: '127.0.0.1' });
        socket.on('error', () => {});
        socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\nhalf');
        return socket;
      });
      await sleep(200);
      const { answer } = await front.exchange({ method: 'POST', headers: text, body: [harmlessBody(1000)] });
      assert.equal(answer.status, 200);
      assert.ok(answer.milliseconds < 1_000, `took ${answer.milliseconds} ms`);
      for (const socket of stalled) socket.destroy();
    } finally {
      await front.stop();
    }
  });
});

describe('a client that leaves', () => {
  it('leaves nothing behind, also after its body began to flow', async () => {
    const front = await Front.start({ mode: 'streamed-wait', weir: { args: ['--hold-time', '300'] } });
    try {
      const socket = connect({ port: front.envoy.frontPort, host: '127.0.0.1' });
      socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: 1000\r\n\r\nhalf');
      await sleep(500);
      socket.destroy();
      await sleep(200);
      const stats = await front.envoy.stats(/cluster\.weir\.upstream_rq_active/);
      assert.ok(stats.size > 0 && [...stats.values()].every((count) => count === 0), 'its stream is gone');
      assert.equal((await front.exchange({})).answer.status, 200);
    } finally {
      await front.stop();
    }
  });
});

describe('SIGTERM', () => {
  it('lets the exchange under way end', async () => {
    const front = await Front.start({ mode: 'streamed' });
    try {
      let how: Promise<string> | undefined;
      const { answer, arrival } = await front.exchange({
        method: 'POST',
        headers: text,
        body: interrupted(5_000, async () => {
          await sleep(50);
          how = front.weir.process.stop();
          await sleep(150);
        }),
      });
      assert.equal(answer.status, 200);
      assert.equal(arrival?.bodyBytes, 10_000);
      assert.match((await how) ?? '', /ended with status 0/);
    } finally {
      await front.stop();
    }
  });
});

describe('an upgrade', () => {
  it('that is none, with an attack in its body, is blocked', async () => {
    const front = await Front.start({ mode: 'streamed' });
    try {
      const { answer, arrival } = await front.exchange({
        method: 'POST',
        headers: [
          ['connection', 'upgrade'],
          ['upgrade', 'websocket'],
          ['content-type', 'application/x-www-form-urlencoded'],
        ],
        body: [Buffer.from("q=1' UNION SELECT password FROM users-- ")],
      });
      assert.notEqual(answer.status, 200);
      assert.equal(arrival?.bodyBytes ?? 0, 0);
    } finally {
      await front.stop();
    }
  });
});

describe('a connection that is cut', () => {
  it('leaves none of its exchanges behind', async () => {
    const front = await Front.start({ mode: 'streamed' });
    try {
      const session = connectHttp2(`http://127.0.0.1:${front.envoy.frontPort}`);
      session.on('error', () => {});
      for (let count = 0; count < 100; count += 1) {
        const stream = session.request({ ':method': 'POST', ':path': '/', 'content-type': 'text/plain' });
        stream.on('error', () => {});
        stream.write(harmlessBody(1000));
      }
      await sleep(200);
      session.destroy();
      await sleep(300);
      const stats = await front.envoy.stats(/cluster\.weir\.upstream_rq_active/);
      assert.ok(stats.size > 0 && [...stats.values()].every((count) => count === 0));
      assert.equal((await front.exchange({})).answer.status, 200);
    } finally {
      await front.stop();
    }
  });
});
