// Thousands of resets: Envoy's are tolerated, a flood is stopped.

import { once } from 'node:events';
import { connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { status } from '@grpc/grpc-js';
import { afterAll, describe, expect, it } from 'vitest';
import type { OpenStream } from '../../src/ext-proc/transport.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { attackPlan, encodeRequest, requestHeaders, serviceOf } from '../support/ext-proc.ts';
import { exchange, exchangeAndReset, frameOf, processPath, serving } from '../support/grpc-serving.ts';
import { frame, headerBlock, preface } from '../support/http2-frames.ts';
import { transports } from '../support/transports.ts';
import { until } from '../support/until.ts';

const plan = await attackPlan();
afterAll(() => closePlan(plan));

const { open } = serviceOf(plan);

/** `count` streams that are reset, one after the other in batches; what went wrong with each that failed. */
async function resetMany(address: string, count: number): Promise<string[]> {
  const session = connect(`http://${address}`);
  session.on('error', () => {});
  const message = frameOf(encodeRequest(requestHeaders({}, true), 'streamed'));
  const problems: string[] = [];
  for (let done = 0; done < count; done += 100) {
    const batch = await Promise.all(Array.from({ length: 100 }, () => exchangeAndReset(session, message)));
    problems.push(...batch.filter((problem) => problem !== undefined));
  }
  session.destroy();
  return problems;
}

describe.each(transports)('resets with $name', (transport) => {
  it('are survived by the thousand on one connection', async () => {
    await serving(async (address) => expect(await resetMany(address, 4_000)).toStrictEqual([]), {
      transport,
      handler: open,
    });
  });

  it('are stopped above the limits: a flood is still a flood', async () => {
    await serving(
      async (address) => {
        const problems = await resetMany(address, 1_000);
        expect(problems.length, 'the limit reached the HTTP/2 server').toBeGreaterThan(0);
      },
      { transport, handler: open, overrides: { streamResetBurst: 300, streamResetRate: 1, concurrentStreamsMax: 200 } },
    );
  });

  it('of streams without a message are stopped much earlier, and harm no other connection', async () => {
    await serving(
      async (address) => {
        const session = connect(`http://${address}`);
        const { promise: calmed, resolve } = Promise.withResolvers<number>();
        session.on('goaway', resolve);
        session.on('error', () => {});
        await once(session, 'connect');
        const flood = (): void => {
          for (let count = 0; count < 50 && !session.closed && !session.destroyed; count += 1) {
            const stream = session.request({
              ':method': 'POST',
              ':path': processPath,
              'content-type': 'application/grpc',
            });
            stream.on('error', () => {});
            stream.close(8);
          }
        };
        await until('the connection is ended', () => {
          flood();
          return session.closed || session.destroyed;
        });
        expect(await calmed, 'ENHANCE_YOUR_CALM').toBe(11);
        expect(await exchange(address)).toBe(status.OK);
      },
      { transport, handler: open, overrides: { emptyStreamBurst: 200, emptyStreamRate: 1 } },
    );
  });

  it('of streams with a message are not such a flood, however early they come', async () => {
    const count = 100;
    let closed = 0;
    const counting: OpenStream = (replies, metadata) => {
      const handler = open(replies, metadata);
      return {
        message: (bytes) => handler.message(bytes),
        halfClose: () => handler.halfClose(),
        close: (wasCancelled) => {
          closed += 1;
          handler.close(wasCancelled);
        },
      };
    };
    await serving(
      async (address) => {
        const [host, port] = address.split(':') as [string, string];
        const socket = connectTcp(Number(port), host);
        socket.resume();
        const headers = { ':method': 'POST', ':scheme': 'http', ':path': processPath, ':authority': 'x' };
        const block = headerBlock({ ...headers, 'content-type': 'application/grpc', te: 'trailers' });
        const message = frameOf(encodeRequest(requestHeaders({}, true), 'streamed'));
        const cancel = Buffer.from([0, 0, 0, 8]);
        const streams = Array.from({ length: count }, (_, index) => [
          frame('headers', { stream: 2 * index + 1, flags: 4 }, block),
          frame('data', { stream: 2 * index + 1 }, message),
          frame('reset', { stream: 2 * index + 1 }, cancel),
        ]);
        socket.write(Buffer.concat([Buffer.from(preface), frame('settings', {}, Buffer.alloc(0)), ...streams.flat()]));
        await until('all of them are over', () => closed === count);
        await new Promise((resolve) => setImmediate(resolve));
        expect(await exchange(address)).toBe(status.OK);
        expect(!socket.destroyed && !socket.readableEnded, 'the connection is still there').toBe(true);
        socket.destroy();
      },
      { transport, handler: counting, overrides: { emptyStreamBurst: 10, emptyStreamRate: 1 } },
    );
  });
});
