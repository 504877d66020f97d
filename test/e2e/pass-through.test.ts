// Through the real Envoy: what is harmless passes, byte for byte, in every body mode and both versions of HTTP.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Request } from '../../demo/stack/client.ts';
import type { BodyMode } from '../../demo/stack/envoy-config.ts';
import type { WeirStart } from '../../demo/stack/weir-process.ts';
import { endlessHold, Front, harmlessBody, pieces, protocols, sha256 } from '../support/exchange-front.ts';
import { until } from '../support/until.ts';

const MiB = 1024 * 1024;
const sizes = [0, 1, 64 * 1024, 5 * MiB];

/** What Envoy itself refuses to buffer, or what it would let pass uninspected beyond its buffer. */
function isTooLong(mode: BodyMode, bytes: number, protocol: string): boolean {
  if (mode === 'buffered') return bytes > MiB && protocol === 'http1';
  return mode === 'buffered-partial' && bytes > MiB && protocol === 'http1';
}

const textHeaders = [['content-type', 'text/plain']] as const;

const reflect = (order: Readonly<Record<string, unknown>>): Request => ({
  method: 'POST',
  path: '/reflect',
  headers: [['content-type', 'application/json']],
  body: [Buffer.from(JSON.stringify(order))],
});

for (const mode of ['streamed', 'streamed-wait', 'buffered', 'buffered-partial', 'full-duplex', 'none'] as const) {
  describe(`harmless exchanges, ${mode}`, () => {
    let front: Front;
    before(async () => {
      // None of them waits for the hold time.
      front = await Front.start({ mode, weir: endlessHold });
    });
    after(() => front.stop());

    for (const protocol of protocols) {
      it(`arrive byte for byte (${protocol})`, async () => {
        for (const bytes of sizes) {
          if (isTooLong(mode, bytes, protocol)) continue;
          const body = harmlessBody(bytes);
          for (const lengthBytes of [undefined, bytes]) {
            const request = { method: 'POST', headers: textHeaders, body: pieces(body) };
            const { answer, arrival } = await front.exchange(
              lengthBytes === undefined ? request : { ...request, lengthBytes },
              { protocol },
            );
            const what = `${bytes} bytes, length ${lengthBytes ?? 'unsaid'}`;
            assert.equal(answer.status, 200, `${what}: ${answer.body}`);
            assert.deepEqual([arrival?.bodyBytes, arrival?.sha256], [bytes, sha256([body])], what);
            assert.equal(arrival?.state, 'complete', what);
          }
        }
      });

      it(`come back byte for byte (${protocol})`, async () => {
        const piece = harmlessBody(1024);
        for (const repeat of [0, 1, 64, 5 * 1024]) {
          if (isTooLong(mode, repeat * 1024, 'http1')) continue;
          const headers = { 'content-type': 'text/html' };
          const { answer } = await front.exchange(reflect({ headers, body: piece.toString(), repeat }), { protocol });
          const expected = sha256(Array.from({ length: repeat }, () => piece));
          assert.deepEqual([answer.status, answer.end, answer.bodyBytes], [200, 'complete', repeat * 1024]);
          assert.equal(answer.sha256, expected);
        }
      });

      it(`without a body in one direction or the other pass (${protocol})`, async () => {
        const get = await front.exchange({ path: '/articles?page=2&sort=title' }, { protocol });
        assert.equal(get.answer.status, 200);
        const head = await front.exchange({ method: 'HEAD' }, { protocol });
        assert.deepEqual([head.answer.status, head.answer.bodyBytes, head.answer.end], [200, 0, 'complete']);
        for (const status of [204, 304]) {
          const { answer } = await front.exchange(reflect({ status }), { protocol });
          assert.deepEqual([answer.status, answer.end], [status, 'complete']);
        }
      });

      it(`that end with trailers pass with them (${protocol})`, { skip: mode === 'buffered-partial' }, async () => {
        const body = harmlessBody(40_000);
        const { answer, arrival } = await front.exchange(
          {
            method: 'POST',
            headers: [...textHeaders, ...(protocol === 'http2' ? [['trailer', 'x-sum'] as const] : [])],
            body: pieces(body),
            trailers: [['x-sum', 'abc']],
          },
          { protocol },
        );
        assert.equal(answer.status, 200);
        assert.equal(arrival?.sha256, sha256([body]));
        // HTTP/1.1 upstreams get no trailers from Envoy unless its cluster says so.
        assert.equal(arrival?.state, 'complete');
      });
    }
  });
}

describe('trailers', () => {
  const start = (weir: WeirStart): Promise<Front> =>
    Front.start({ mode: 'streamed', envoy: { upstreamProtocol: 'http2' }, weir });
  let front: Front;
  before(async () => {
    front = await start(endlessHold);
  });
  after(() => front.stop());

  it('reach the service over HTTP/2, and its own reach the client', async () => {
    const { answer, arrival } = await front.exchange(
      {
        ...reflect({ headers: { 'content-type': 'text/html' }, body: 'hello', trailers: { 'x-late': 'yes' } }),
        trailers: [['x-sum', 'abc']],
      },
      { protocol: 'http2' },
    );
    assert.deepEqual([answer.status, answer.body], [200, 'hello']);
    assert.deepEqual(arrival?.trailers, [['x-sum', 'abc']]);
    assert.deepEqual(answer.trailers, [['x-late', 'yes']]);
  });

  const unannounced: Request = {
    method: 'POST',
    headers: [...textHeaders, ['x-exchange', 'unannounced']],
    body: [harmlessBody(100)],
    trailers: [['x-sum', 'abc']],
    announcesTrailers: false,
  };

  it('that nobody announced wait for the hold time', async () => {
    const other = await start(endlessHold);
    try {
      const waiting = other.exchange(unannounced, { protocol: 'http2' });
      await other.weirHasRead(2);
      await other.shortHoldPasses();
      assert.equal(other.upstream.arrivals.find('unannounced'), undefined);
      await other.envoy.stop();
      assert.equal((await waiting).answer.status, 0);
    } finally {
      await other.stop();
    }
  });

  it('that nobody announced go after the hold time', async () => {
    const other = await start({ args: ['--hold-time', '100'] });
    try {
      const { answer, arrival } = await other.exchange(unannounced, { protocol: 'http2' });
      assert.equal(answer.status, 200);
      assert.deepEqual(arrival?.trailers, [['x-sum', 'abc']]);
    } finally {
      await other.stop();
    }
  });
});

describe('the hold window', () => {
  it('may be half of Envoy’s buffer limit: uploads do not stop', async () => {
    const front = await Front.start({ mode: 'streamed', weir: { args: ['--hold-window', String(MiB / 2)] } });
    try {
      for (const protocol of protocols) {
        const body = harmlessBody(8 * MiB);
        const { answer, arrival } = await front.exchange(
          { method: 'POST', headers: textHeaders, body: pieces(body) },
          { protocol },
        );
        assert.deepEqual([answer.status, arrival?.bodyBytes], [200, body.length], protocol);
      }
    } finally {
      await front.stop();
    }
  });
});

describe('a conversation', () => {
  it('over gRPC flows message by message, in both directions', async () => {
    const front = await Front.start({ mode: 'streamed', envoy: { upstreamProtocol: 'http2' }, weir: endlessHold });
    try {
      const { connect } = await import('node:http2');
      const session = connect(`http://127.0.0.1:${front.envoy.frontPort}`);
      const stream = session.request({
        ':method': 'POST',
        ':path': '/echo.Echo/Talk',
        'content-type': 'application/grpc',
        te: 'trailers',
        'x-exchange': 'conversation',
      });
      stream.write(Buffer.from([0, 0, 0, 0, 2, 0x0a, 0x00]));
      const arrivedBytes = (): number => front.upstream.arrivals.find('conversation')?.bodyBytes ?? 0;
      await until('the first message arrives while the request is open', () => arrivedBytes() === 7);
      stream.close();
      session.destroy();
    } finally {
      await front.stop();
    }
  });
});
