// Clients, upstream and a real Envoy without Weir: the tools of the other tests must be correct themselves.

import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Arrival } from '../../demo/stack/arrivals.ts';
import { cutAt, longBody, paced, send } from '../../demo/stack/client.ts';
import { Envoy } from '../../demo/stack/envoy.ts';
import { Upstream } from '../../demo/stack/upstream.ts';
import { until } from '../support/until.ts';

const MiB = 1024 * 1024;

for (const upstreamProtocol of ['http1', 'http2'] as const) {
  describe(`Envoy before an upstream of ${upstreamProtocol}`, () => {
    let upstream: Upstream;
    let envoy: Envoy;
    beforeAll(async () => {
      upstream = await Upstream.start();
      const port = upstreamProtocol === 'http1' ? upstream.http1Port : upstream.http2Port;
      envoy = await Envoy.start({ weir: undefined, upstream: { port }, upstreamProtocol });
    });
    afterAll(async () => {
      await envoy.stop();
      await upstream.stop();
    });

    for (const protocol of ['http1', 'http2'] as const) {
      const options = (): { port: number; protocol: 'http1' | 'http2' } => ({ port: envoy.frontPort, protocol });
      const tag = `${upstreamProtocol}-${protocol}`;

      it(`describes a GET over ${protocol}`, async () => {
        const answer = await send({ path: '/a?b=c', headers: [['x-exchange', `${tag}-get`]] }, options());
        const description = JSON.parse(answer.body) as Record<string, unknown>;
        expect([answer.status, answer.end, description.method, description.path, description.bodyBytes]).toStrictEqual([
          200,
          'complete',
          'GET',
          '/a?b=c',
          0,
        ]);
        expect(upstream.arrivals.find(`${tag}-get`)?.state).toBe('complete');
      });

      it(`carries every byte of 8 MiB over ${protocol}`, async () => {
        const pieces = [...longBody(8 * MiB, { fill: 'abcdefg', end: 'the end' })];
        const sha256 = createHash('sha256').update(Buffer.concat(pieces)).digest('hex');
        const answer = await send({ method: 'POST', headers: [['x-exchange', `${tag}-8m`]], body: pieces }, options());
        const arrival = upstream.arrivals.find(`${tag}-8m`);
        expect([answer.status, answer.sentBytes, arrival?.bodyBytes, arrival?.sha256]).toStrictEqual([
          200,
          8 * MiB,
          8 * MiB,
          sha256,
        ]);
        expect(arrival?.tail.endsWith('the end')).toBeTruthy();
      });

      it(`carries a body of known length in pieces over ${protocol}`, async () => {
        const body = Buffer.from('abcdefg');
        const answer = await send({ method: 'PUT', lengthBytes: 7, body: paced(cutAt(body, [1, 3]), 5) }, options());
        const description = JSON.parse(answer.body) as { bodyBytes: number; headers: Record<string, string> };
        expect([description.bodyBytes, description.headers['content-length']]).toStrictEqual([7, '7']);
      });

      it(`carries trailers over ${protocol}`, async () => {
        const request = {
          method: 'POST',
          headers: [['x-exchange', `${tag}-trailers`]] as const,
          body: [Buffer.from('a')],
          trailers: [['x-sum', '1']] as const,
        };
        expect((await send(request, options())).status).toBe(200);
        // Envoy drops them by default if the upstream uses HTTP/1.1.
        const expected = upstreamProtocol === 'http2' ? [['x-sum', '1']] : [];
        expect(upstream.arrivals.find(`${tag}-trailers`)?.trailers).toStrictEqual(expected);
      });

      it(`brings back a reflected body of 6 MiB over ${protocol}`, async () => {
        const order = { status: 201, headers: { 'x-a': 'b' }, body: 'x'.repeat(64 * 1024), repeat: 96, end: '!' };
        const answer = await send(
          { method: 'POST', path: '/reflect', body: [Buffer.from(JSON.stringify(order))] },
          options(),
        );
        const sha256 = createHash('sha256')
          .update(`${order.body.repeat(96)}!`)
          .digest('hex');
        expect([answer.status, answer.end, answer.bodyBytes, answer.sha256]).toStrictEqual([
          201,
          'complete',
          6 * MiB + 1,
          sha256,
        ]);
      });

      for (const status of [204, 304]) {
        it(`brings back ${status} without a body over ${protocol}`, async () => {
          const answer = await send(
            { method: 'POST', path: '/reflect', body: [Buffer.from(JSON.stringify({ status }))] },
            options(),
          );
          expect([answer.status, answer.end, answer.bodyBytes]).toStrictEqual([status, 'complete', 0]);
        });
      }

      it(`brings back a HEAD over ${protocol}`, async () => {
        const answer = await send({ method: 'HEAD' }, options());
        expect([answer.status, answer.end, answer.bodyBytes]).toStrictEqual([200, 'complete', 0]);
      });
    }
  });
}

describe('Upstream', () => {
  it('records the bytes of an upload that was cut', async () => {
    const upstream = await Upstream.start();
    const socket = connect(upstream.http1Port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\nx-exchange: cut\r\ncontent-length: 10\r\n\r\nabc');
    const arrival = (): Arrival | undefined => upstream.arrivals.find('cut');
    await until('the bytes are there', () => arrival()?.bodyBytes === 3);
    expect(arrival()?.state).toBe('open');
    socket.destroy();
    await until('the upload is known to be cut', () => arrival()?.state === 'cut');
    expect([arrival()?.bodyBytes, arrival()?.tail]).toStrictEqual([3, 'abc']);
    expect(upstream.arrivals.find('never')).toBe(undefined);
    await upstream.stop();
  });

  it('reports to other processes what arrived', async () => {
    const upstream = await Upstream.start();
    await send({ headers: [['x-exchange', 'a b']] }, { port: upstream.http1Port });
    const found = await fetch(`http://127.0.0.1:${upstream.controlPort}/arrivals/a%20b`);
    expect(((await found.json()) as { state: string }).state).toBe('complete');
    expect((await fetch(`http://127.0.0.1:${upstream.controlPort}/arrivals/other`)).status).toBe(404);
    await upstream.stop();
  });
});

describe('send', () => {
  it('reports when nothing listens', async () => {
    const answer = await send({}, { port: 1 });
    expect([answer.status, answer.end]).toStrictEqual([0, 'cut']);
  });

  it('stops sending once the answer has come', async () => {
    const upstream = await Upstream.start();
    const envoy = await Envoy.start({
      weir: [{ socket: '/nowhere/weir.sock' }],
      upstream: { port: upstream.http1Port },
    });
    let isSending = true;
    function* endless(): Generator<Uint8Array> {
      try {
        while (true) yield Buffer.alloc(64 * 1024, 'x');
      } finally {
        isSending = false;
      }
    }
    const answer = await send({ method: 'POST', body: paced(endless(), 5) }, { port: envoy.frontPort });
    expect(answer.status, 'without Weir nothing passes').toBe(500);
    await until('no more is sent', () => !isSending);
    expect(upstream.arrivals.count).toBe(0);
    const entry = await envoy.logEntry(({ status }) => status === 500);
    expect(entry.details ?? '').toMatch(/^ext_proc_error_gRPC_error_14/);
    await envoy.stop();
    await upstream.stop();
  });
});
