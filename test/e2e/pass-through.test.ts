// Through the real Envoy: what is harmless passes, byte for byte, in every body mode and both versions of HTTP.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Request } from '../../demo/stack/client.ts';
import type { BodyMode } from '../../demo/stack/envoy-config.ts';
import type { WeirStart } from '../../demo/stack/weir-process.ts';
import { endlessHold, Front, harmlessBody, pieces, protocols, sha256 } from '../support/exchange-front.ts';
import { until } from '../support/until.ts';

const MiB = 1024 * 1024;
const sizes = [0, 1, 64 * 1024, 5 * MiB];

/** Bodies that Envoy itself refuses to buffer, or that would pass uninspected because they exceed its buffer. */
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
    beforeAll(async () => {
      // None of them waits for the hold time.
      front = await Front.start({ mode, weir: endlessHold });
    });
    afterAll(() => front.stop());

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
            expect(answer.status, `${what}: ${answer.body}`).toBe(200);
            expect([arrival?.bodyBytes, arrival?.sha256], what).toStrictEqual([bytes, sha256([body])]);
            expect(arrival?.state, what).toBe('complete');
          }
        }
      });

      it(`are returned byte for byte (${protocol})`, async () => {
        const piece = harmlessBody(1024);
        for (const repeat of [0, 1, 64, 5 * 1024]) {
          if (isTooLong(mode, repeat * 1024, 'http1')) continue;
          const headers = { 'content-type': 'text/html' };
          const { answer } = await front.exchange(reflect({ headers, body: piece.toString(), repeat }), { protocol });
          const expected = sha256(Array.from({ length: repeat }, () => piece));
          expect([answer.status, answer.end, answer.bodyBytes]).toStrictEqual([200, 'complete', repeat * 1024]);
          expect(answer.sha256).toBe(expected);
        }
      });

      it(`without a body in one direction or the other pass (${protocol})`, async () => {
        const get = await front.exchange({ path: '/articles?page=2&sort=title' }, { protocol });
        expect(get.answer.status).toBe(200);
        const head = await front.exchange({ method: 'HEAD' }, { protocol });
        expect([head.answer.status, head.answer.bodyBytes, head.answer.end]).toStrictEqual([200, 0, 'complete']);
        for (const status of [204, 304]) {
          const { answer } = await front.exchange(reflect({ status }), { protocol });
          expect([answer.status, answer.end]).toStrictEqual([status, 'complete']);
        }
      });

      it.skipIf(mode === 'buffered-partial')(`that end with trailers pass with them (${protocol})`, async () => {
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
        expect(answer.status).toBe(200);
        expect(arrival?.sha256).toBe(sha256([body]));
        // HTTP/1.1 upstreams get trailers from Envoy only if its cluster enables them.
        expect(arrival?.state).toBe('complete');
      });
    }
  });
}

describe('trailers', () => {
  const start = (weir: WeirStart): Promise<Front> =>
    Front.start({ mode: 'streamed', envoy: { upstreamProtocol: 'http2' }, weir });
  let front: Front;
  beforeAll(async () => {
    front = await start(endlessHold);
  });
  afterAll(() => front.stop());

  it('reach the service over HTTP/2, and its own reach the client', async () => {
    const { answer, arrival } = await front.exchange(
      {
        ...reflect({ headers: { 'content-type': 'text/html' }, body: 'hello', trailers: { 'x-late': 'yes' } }),
        trailers: [['x-sum', 'abc']],
      },
      { protocol: 'http2' },
    );
    expect([answer.status, answer.body]).toStrictEqual([200, 'hello']);
    expect(arrival?.trailers).toStrictEqual([['x-sum', 'abc']]);
    expect(answer.trailers).toStrictEqual([['x-late', 'yes']]);
  });

  const unannounced: Request = {
    method: 'POST',
    headers: [...textHeaders, ['x-exchange', 'unannounced']],
    body: [harmlessBody(100)],
    trailers: [['x-sum', 'abc']],
    announcesTrailers: false,
  };

  it('that were not announced wait for the hold time', async () => {
    const other = await start(endlessHold);
    try {
      const waiting = other.exchange(unannounced, { protocol: 'http2' });
      await other.weirHasRead(2);
      await other.shortHoldPasses();
      expect(other.upstream.arrivals.find('unannounced')).toBe(undefined);
      await other.envoy.stop();
      expect((await waiting).answer.status).toBe(0);
    } finally {
      await other.stop();
    }
  });

  it('that were not announced are released after the hold time', async () => {
    const other = await start({ args: ['--hold-time', '100'] });
    try {
      const { answer, arrival } = await other.exchange(unannounced, { protocol: 'http2' });
      expect(answer.status).toBe(200);
      expect(arrival?.trailers).toStrictEqual([['x-sum', 'abc']]);
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
        expect([answer.status, arrival?.bodyBytes], protocol).toStrictEqual([200, body.length]);
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
