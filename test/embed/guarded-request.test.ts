import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headerListOf } from '../../src/embed/guarded-request.ts';
import type { Engine } from '../../src/index.ts';
import { engineOf, GuardedServer, guardedRules } from '../support/guarded-server.ts';
import { until } from '../support/until.ts';

describe('headerListOf', () => {
  it('keeps order, repetitions and bytes, under names in lower case', () => {
    expect(headerListOf(['Content-Encoding', 'gzip', 'a', '\xe9', 'A', ''])).toStrictEqual([
      { name: 'content-encoding', value: 'gzip' },
      { name: 'a', value: '\xe9' },
      { name: 'a', value: '' },
    ]);
  });
});

describe('the request of a handler', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOf(guardedRules);
  });
  afterAll(() => engine.close());

  it('has everything that the client’s has', async () => {
    let seen: IncomingMessage | undefined;
    await using server = await GuardedServer.start(engine, (incoming, response) => {
      seen = incoming;
      response.end();
    });
    await server.ask({ method: 'PUT', path: '/a?b=c', headers: { 'X-A': '1' } });
    expect(seen).toMatchObject({ method: 'PUT', url: '/a?b=c', httpVersion: '1.1', complete: true });
    expect(seen?.headers['x-a']).toBe('1');
    expect(seen?.headersDistinct['x-a']).toStrictEqual(['1']);
    expect(seen?.rawHeaders).toContain('X-A');
    expect(seen?.socket.remoteAddress).toBe('127.0.0.1');
  });

  it('reads no more from the client than is held when the handler does not read', async () => {
    const called = Promise.withResolvers<IncomingMessage>();
    const outer = Promise.withResolvers<IncomingMessage>();
    await using server = await GuardedServer.start(engine, (incoming) => called.resolve(incoming));
    server.server.prependListener('request', (incoming) => outer.resolve(incoming));
    const headers = { 'content-type': 'application/octet-stream', 'content-length': 1_000_000_000 };
    const client = request({ port: server.port, host: '127.0.0.1', method: 'POST', headers });
    client.on('error', () => undefined);
    const piece = Buffer.alloc(65_536);
    const send = (): void => {
      while (client.write(piece));
      client.once('drain', send);
    };
    send();
    const inner = await called.promise;
    const real = await outer.promise;
    await until('the client is made to wait', () => real.isPaused());
    expect(inner.readableLength).toBeLessThanOrEqual(engine.limits.holdWindowBytesMax);
    // It continues as soon as the handler reads.
    for (let count = 0; count < 100; count += 1) {
      while (inner.read() === null) await once(inner, 'readable');
    }
    client.destroy();
  });

  it('ends the connection when the handler destroys it', async () => {
    await using server = await GuardedServer.start(engine, (incoming) => void incoming.destroy());
    const headers = { 'content-type': 'text/plain', 'content-length': '5000000' };
    await expect(server.ask({ method: 'POST', headers, pieces: ['x'.repeat(1_000_000)] })).rejects.toThrow(
      /hang up|reset/i,
    );
  });

  it('does not block a response that does not wait for it', async () => {
    await using server = await GuardedServer.start(engine, (_, response) => void response.end('early'));
    const headers = { 'content-type': 'application/octet-stream', 'content-length': '4000000' };
    const pieces = Array.from({ length: 40 }, () => 'x'.repeat(100_000));
    for (let count = 0; count < 20; count += 1) {
      expect(await server.ask({ method: 'POST', headers, pieces })).toMatchObject({ status: 200, body: 'early' });
    }
  });

  it('continues to be read after a response without a body has begun', async () => {
    let read = 0;
    await using server = await GuardedServer.start(engine, async (incoming, response) => {
      response.writeHead(204);
      read = (await incoming.toArray()).join('').length;
      response.end();
    });
    const pieces = Array.from({ length: 40 }, () => 'x'.repeat(100_000));
    expect((await server.ask({ method: 'POST', headers: { 'content-type': 'text/plain' }, pieces })).status).toBe(204);
    expect(read).toBe(4_000_000);
  });

  it('is aborted when the exchange is blocked while the handler reads', async () => {
    const broken = Promise.withResolvers<Error>();
    await using server = await GuardedServer.start(engine, async (incoming) => {
      try {
        await incoming.toArray();
      } catch (error) {
        broken.resolve(error as Error);
      }
    });
    const pieces = [`a=${'x'.repeat(1_000_000)}&`, 'b=evil'];
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await server.ask({ method: 'POST', headers, pieces })).status).toBe(418);
    expect((await broken.promise).message).toMatch(/ended before its request/);
  });
});
