import type { RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/index.ts';
import { engineOf, GuardedServer, guardedRules } from '../support/guarded-server.ts';
import { until } from '../support/until.ts';

describe('the response of a handler', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOf(guardedRules);
  });
  afterAll(() => engine.close());

  const bodies: readonly (readonly [string, RequestListener, string])[] = [
    ['text in an encoding', (_, response) => void response.end('c3a9', 'hex'), 'Ã©'],
    [
      'text and bytes',
      (_, response) => {
        response.write('a');
        response.write(Buffer.from('b'));
        response.end();
      },
      'ab',
    ],
    ['callbacks', (_, response) => void response.write('a', () => response.end('b', () => undefined)), 'ab'],
    ['a stream', (_, response) => void Readable.from(['a', 'b', 'c']).pipe(response), 'abc'],
    ['one large piece', (_, response) => void response.end('x'.repeat(3_000_000)), 'x'.repeat(3_000_000)],
    ['nothing', (_, response) => void response.end(), ''],
  ];
  it.each(bodies)('passes on %s', async (_, handler, body) => {
    await using server = await GuardedServer.start(engine, handler);
    expect((await server.ask()).body).toBe(body);
    expect((await until('the exchange is over', () => server.records[0])).responseBytes).toBe(body.length);
  });

  it('finishes and closes when the client’s does, and rejects writes after its end', async () => {
    const events: string[] = [];
    const errors: unknown[] = [];
    let seen: ServerResponse | undefined;
    await using server = await GuardedServer.start(engine, (_, response) => {
      seen = response;
      for (const event of ['finish', 'close']) response.on(event, () => events.push(event));
      response.on('error', ({ code }: NodeJS.ErrnoException) => errors.push(code));
      response.end('fine', () => events.push('end'));
      expect([response.headersSent, response.writableEnded]).toStrictEqual([true, true]);
      expect(response.write('more')).toBe(false);
    });
    expect((await server.ask()).body).toBe('fine');
    await until('it is closed', () => events.includes('close'));
    expect(events).toStrictEqual(['finish', 'end', 'close']);
    expect(errors).toStrictEqual(['ERR_STREAM_WRITE_AFTER_END']);
    expect(seen?.writableFinished).toBe(true);
  });

  it('throws for what is not a body, as Node does', async () => {
    const codes: unknown[] = [];
    await using server = await GuardedServer.start(engine, (_, response) => {
      for (const chunk of [null, 1, {}]) {
        try {
          response.write(chunk as never);
        } catch (error) {
          codes.push((error as NodeJS.ErrnoException).code);
        }
      }
      response.end();
    });
    await server.ask();
    expect(codes).toStrictEqual(['ERR_STREAM_NULL_VALUES', 'ERR_INVALID_ARG_TYPE', 'ERR_INVALID_ARG_TYPE']);
  });

  it('applies back-pressure to a handler that writes faster than verdicts arrive', async () => {
    let most = 0;
    let waits = 0;
    await using server = await GuardedServer.start(engine, async (_, response) => {
      const piece = Buffer.alloc(65_536);
      for (let count = 0; count < 100; count += 1) {
        const goesOn = response.write(piece);
        most = Math.max(most, response.writableLength);
        if (goesOn) continue;
        waits += 1;
        expect(response.writableNeedDrain).toBe(true);
        await new Promise((resolve) => response.once('drain', resolve));
      }
      response.end();
    });
    await server.ask();
    expect(waits).toBeGreaterThan(0);
    expect(most).toBeLessThan(2_000_000);
  });

  it('cuts the connection when the handler destroys it', async () => {
    await using server = await GuardedServer.start(engine, (_, response) => void response.destroy());
    await expect(server.ask()).rejects.toThrow(/hang up/);
  });

  it('drops what is written after the exchange was blocked', async () => {
    const done = Promise.withResolvers<void>();
    await using server = await GuardedServer.start(engine, (_, response) => {
      response.setHeader('content-type', 'text/plain');
      response.write('secret');
      response.once('close', () => response.end('more', () => undefined));
      response.once('close', () => done.resolve());
    });
    const { status, body } = await server.ask();
    await done.promise;
    expect(status).toBe(502);
    expect(body).not.toMatch(/secret|more/);
  });
});
