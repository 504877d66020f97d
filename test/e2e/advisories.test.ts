// Kinds of faults from Envoy's own advisories, tried on Weir's streams and decoders: expanding blocks and responses in
// one message have their tests in test/property/bombs.test.ts and test/ext-proc/framing-guard.test.ts.

import { connect } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { createGrpcTransport } from '../../src/ext-proc/grpc-server.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { Front } from '../support/exchange-front.ts';
import {
  attackPlan,
  chunkOf,
  encodeRequest,
  requestHeaders,
  responseHeaders,
  ScriptedStream,
  serviceOf,
} from '../support/ext-proc.ts';
import { frame, framesOf, frameTypes, headerBlock, preface } from '../support/http2-frames.ts';
import { until } from '../support/until.ts';

const plan = await attackPlan();
afterAll(() => closePlan(plan));

describe('a body nested deeply', () => {
  const deep: readonly (readonly [type: string, open: string, close: string])[] = [
    ['application/json', '[', ']'],
    ['application/json', '{"a":', '}'],
    ['application/xml', '<a>', '</a>'],
    ['application/graphql', '{a', '}'],
    ['multipart/form-data; boundary=b', '--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n', ''],
  ];
  const levels = 50_000;
  const overrides = { jsonDepthMax: 1_000_000, xmlDepthMax: 1_000_000, multipartPartsMax: 1_000_000 };

  for (const [type, open, close] of deep) {
    it(`is handled without harm, left open or closed (${type}, ${JSON.stringify(open)})`, async () => {
      for (const limited of [{}, overrides]) {
        const { open: openStream, records } = serviceOf(plan, limited);
        for (const end of [undefined, close.repeat(levels)]) {
          const stream = new ScriptedStream(openStream, 'streamed');
          await stream.send(requestHeaders({ 'content-type': type }));
          await stream.send(chunkOf('request', open.repeat(levels)));
          if (end !== undefined) await stream.send(chunkOf('request', end, true));
          stream.close(true);
        }
        expect(records.length).toBe(2);
        for (const { problems } of records) {
          expect(
            problems.every(({ cause }) => cause !== 'internal'),
            JSON.stringify(problems),
          ).toBe(true);
        }
      }
    });
  }
});

describe('what follows an upgrade', () => {
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };

  it('is inspected in both directions, whether the service switched or not', async () => {
    const { open, records } = serviceOf(plan);
    for (const status of ['101', '200', '426']) {
      const attacked = new ScriptedStream(open, 'streamed');
      await attacked.send(requestHeaders(upgrade));
      await attacked.send(responseHeaders({ ':status': status }));
      await attacked.send(chunkOf('request', 'an attack', true));
      const leaked = new ScriptedStream(open, 'streamed');
      await leaked.send(requestHeaders(upgrade));
      await leaked.send(responseHeaders({ ':status': status }));
      await leaked.send(chunkOf('response', 'a leak', true));
      for (const stream of [attacked, leaked]) {
        expect(stream.kinds.at(-1), status).toBe('immediateResponse');
        stream.close();
      }
    }
    expect(records.map(({ report }) => report.ruleId)).toStrictEqual([2, 4, 2, 4, 2, 4]);
  });
});

describe('trailers that do not end their stream', () => {
  const endHeaders = 4;

  /** Sends a request whose trailers lack END_STREAM (RFC 9113 §8.1); the frames that come back, until the stream is ended. */
  async function endOf(port: number, headers: Readonly<Record<string, string>>, body: Buffer) {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => {});
    let bytes = Buffer.alloc(0);
    let isClosed = false;
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
    });
    socket.on('close', () => {
      isClosed = true;
    });
    socket.write(preface);
    socket.write(frame('settings', {}, Buffer.alloc(0)));
    socket.write(frame('headers', { stream: 1, flags: endHeaders }, headerBlock(headers)));
    socket.write(frame('data', { stream: 1 }, body));
    socket.write(frame('headers', { stream: 1, flags: endHeaders }, headerBlock({ 'x-sum': '1' })));
    const frames = () => framesOf(bytes);
    const isEnd = ({ type }: { readonly type: number }) => type === frameTypes.reset || type === frameTypes.goaway;
    await until('the stream is ended', () => isClosed || frames().some(isEnd));
    socket.destroy();
    return frames();
  }

  it("end a stream of Weir's with an error", async () => {
    const { open, records } = serviceOf(plan);
    const transport = createGrpcTransport(open, limits);
    const port = Number((await transport.listen('127.0.0.1:0')).split(':')[1]);
    const message = encodeRequest(requestHeaders(), 'streamed');
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    const path = '/envoy.service.ext_proc.v3.ExternalProcessor/Process';
    const headers = { ':method': 'POST', ':scheme': 'http', ':path': path, ':authority': 'x', te: 'trailers' };
    const frames = await endOf(
      port,
      { ...headers, 'content-type': 'application/grpc' },
      Buffer.concat([head, message]),
    );
    const text = frames.map(({ body }) => body.toString('latin1')).join('');
    expect(text.includes('grpc-status0'), 'never with OK').toBe(false);
    await until('its exchange is over', () => records.length === 1);
    await transport.close({ drainMs: 100 });
  });

  it('never let an attack reach the service through Envoy', async () => {
    const front = await Front.start({ mode: 'streamed' });
    try {
      const headers = {
        ':method': 'POST',
        ':scheme': 'http',
        ':path': '/',
        ':authority': 'x',
        'x-exchange': 'endless',
      };
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      await endOf(
        front.envoy.frontPort,
        { ...headers, ...type },
        Buffer.from("q=1' UNION SELECT password FROM users-- "),
      );
      await until('its exchange is over', async () => (await front.openAtWeir()) === 0);
      expect(front.upstream.arrivals.find('endless')?.bodyBytes ?? 0).toBe(0);
      expect((await front.exchange({})).answer.status).toBe(200);
    } finally {
      await front.stop();
    }
  });
});
