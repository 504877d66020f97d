import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, type RequestListener, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, guardHttp } from '../../src/index.ts';
import { engineOf, GuardedServer, guardedRules, type Question } from '../support/guarded-server.ts';
import { until } from '../support/until.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json' };

/** A typical application. */
function application(folder: string): RequestListener {
  const app = express();
  app.use('/files', express.static(folder));
  app.use(express.json());
  app.use(express.urlencoded());
  app.get('/hello', (incoming, response) => void response.send(`Hello ${incoming.query.name}`));
  app.get('/secret', (_, response) => void response.type('text/plain').send('this is secret'));
  app.get('/leak', (_, response) => void response.set('X-Leak', 'yes').json({}));
  app.get('/empty', (_, response) => void response.status(204).end());
  app.get('/moved', (_, response) => void response.redirect('/hello'));
  app.post('/echo', (incoming, response) => void response.status(201).json(incoming.body));
  app.post('/deaf', (_, response) => void response.send('not read'));
  return app as RequestListener;
}

describe('guardHttp in front of Express', () => {
  let folder: string;
  let engine: Engine;
  let server: GuardedServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weir-static-'));
    writeFileSync(join(folder, 'large.txt'), 'x'.repeat(1_000_000));
    engine = await engineOf(guardedRules);
    server = await GuardedServer.start(engine, application(folder));
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    engine.close();
    rmSync(folder, { recursive: true });
  });

  const released: readonly (readonly [string, Question, number, string])[] = [
    ['a query', { path: '/hello?name=Ann' }, 200, 'Hello Ann'],
    ['JSON', { method: 'POST', path: '/echo', headers: json, pieces: ['{"a":', '[1]}'] }, 201, '{"a":[1]}'],
    ['a form', { method: 'POST', path: '/echo', headers: form, pieces: ['a=1&', 'b=2'] }, 201, '{"a":"1","b":"2"}'],
    ['a redirect', { path: '/moved' }, 302, 'Found. Redirecting to /hello'],
    ['no content', { path: '/empty' }, 204, ''],
    ['a head alone', { method: 'HEAD', path: '/hello?name=Ann' }, 200, ''],
    ['a file', { path: '/files/large.txt' }, 200, 'x'.repeat(1_000_000)],
    ['a part of a file', { path: '/files/large.txt', headers: { range: 'bytes=2-4' } }, 206, 'xxx'],
    ['a body that nobody reads', { method: 'POST', path: '/deaf', headers: form, pieces: ['a=1'] }, 200, 'not read'],
  ];
  it.each(released)('lets %s through unchanged', async (_, question, status, body) => {
    expect(await server.ask(question)).toMatchObject({ status, body });
  });

  it('sets the length of a body that is sent at once', async () => {
    expect((await server.ask({ path: '/hello?name=Ann' })).headers).toMatchObject({ 'content-length': '9' });
    expect((await server.ask({ method: 'HEAD', path: '/hello?name=Ann' })).headers['content-length']).toBe('9');
    expect((await server.ask({ path: '/empty' })).headers['content-length']).toBeUndefined();
  });

  const blockedBeforeCall: readonly (readonly [string, Question, number])[] = [
    ['a query', { path: '/hello?name=evil' }, 418],
    ['a form', { method: 'POST', path: '/echo', headers: form, pieces: ['a=ev', 'il'] }, 418],
    ['JSON', { method: 'POST', path: '/echo', headers: json, pieces: ['{"a":"ev', 'il"}'] }, 418],
    [
      'a compressed body under a header name in mixed case',
      { method: 'POST', path: '/echo', headers: { ...form, 'Content-Encoding': 'gzip' }, pieces: [gzipSync('a=evil')] },
      418,
    ],
    ['a malformed body', { method: 'POST', path: '/echo', headers: json, pieces: ['{"a":'] }, 400],
    ['a redirect', { path: '/hello?go=away' }, 302],
  ];
  it.each(blockedBeforeCall)('responds to %s without calling the application', async (_, question, status) => {
    const calls = server.calls;
    const answer = await server.ask(question);
    expect(answer.status).toBe(status);
    expect(answer.headers.location).toBe(status === 302 ? 'https://example.org/' : undefined);
    expect(server.calls).toBe(calls);
    const record = await until('the exchange is over', () => server.records.at(-1));
    expect(record.blockStatus).toBe(status);
    if (status !== 302) expect(answer.body).toContain(record.report.requestId);
  });

  it.each([
    ['a body', '/secret'],
    ['a head', '/leak'],
  ])('withholds %s of a response', async (_, path) => {
    const answer = await server.ask({ path, headers: { accept: 'application/json' } });
    expect(answer.status).toBe(502);
    expect(answer.headers['x-leak']).toBeUndefined();
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'request blocked' });
  });
});

describe('guardHttp', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOf(guardedRules);
  });
  afterAll(() => engine.close());
  const withHandler = (handler: RequestListener): Promise<GuardedServer> => GuardedServer.start(engine, handler);

  it('blocks a body wherever it is cut', async () => {
    await using server = await withHandler((_, response) => void response.end());
    const body = 'a=1&b=evil';
    for (let cut = 1; cut < body.length; cut += 1) {
      const pieces = [body.slice(0, cut), body.slice(cut)];
      const { status } = await server.ask({ method: 'POST', headers: form, pieces });
      expect(status, `cut at ${cut}`).toBe(418);
    }
    expect(server.calls).toBe(0);
  });

  it('inspects trailers of requests, and passes on those of both sides', async () => {
    await using server = await withHandler(async (incoming, response) => {
      await incoming.toArray().catch(() => undefined);
      response.setHeader('Trailer', 'x-sum');
      response.write('body');
      response.addTrailers({ 'x-sum': String(incoming.trailers['x-trailer']) });
      response.end();
    });
    const question = { method: 'POST', headers: { ...form, trailer: 'x-trailer' }, pieces: ['a=1'] };
    const answer = await server.ask({ ...question, trailers: { 'x-trailer': 'good' } });
    expect(answer).toMatchObject({ status: 200, body: 'body', trailers: { 'x-sum': 'good' } });
    // The head of a message is not held until its trailers.
    await expect(server.ask({ ...question, trailers: { 'x-trailer': 'evil' } })).resolves.toMatchObject({
      status: 418,
    });
  });

  it('streams 64 MiB each way in little memory', async () => {
    const bytes = 64 * 1024 * 1024;
    const piece = Buffer.alloc(64 * 1024, 'x');
    let most = 0;
    await using server = await withHandler(async (incoming, response) => {
      for await (const chunk of incoming) {
        most = Math.max(most, incoming.readableLength + response.writableLength);
        if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
      }
      response.end();
    });
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(bytes) };
    const client = request({ port: server.port, host: '127.0.0.1', method: 'POST', headers });
    let sent = 0;
    const send = (): void => {
      while (sent < bytes) {
        sent += piece.length;
        if (!client.write(piece)) return void client.once('drain', send);
      }
      client.end();
    };
    send();
    const received = await new Promise<number>((resolve, reject) => {
      client.on('error', reject);
      client.on('response', async (answer) => {
        let total = 0;
        for await (const chunk of answer) total += chunk.length;
        resolve(total);
      });
    });
    expect(received).toBe(bytes);
    const record = await until('the exchange is over', () => server.records.at(-1));
    expect(record).toMatchObject({ ending: 'complete', requestBytes: bytes, responseBytes: bytes });
    expect(most).toBeLessThan(2 * 1024 * 1024);
  });

  it('cuts a response that has begun when the rest of it is blocked', async () => {
    await using server = await withHandler((_, response) => {
      response.setHeader('content-type', 'text/plain');
      for (let index = 0; index < 20; index += 1) response.write('x'.repeat(64 * 1024));
      response.end('secret');
    });
    await expect(server.ask()).rejects.toThrow(/aborted|hang up/);
    const record = await until('the exchange is over', () => server.records.at(-1));
    expect(record).toMatchObject({ ending: 'cut', report: { ruleIds: [4] } });
  });

  it('ends the exchange when the client disconnects, and tells the handler', async () => {
    const closed = Promise.withResolvers<boolean>();
    const called = Promise.withResolvers<void>();
    await using server = await withHandler((incoming, response) => {
      incoming.resume();
      response.once('close', () => closed.resolve(response.destroyed));
      called.resolve();
    });
    const client = request({ port: server.port, host: '127.0.0.1' });
    client.on('error', () => undefined);
    client.end();
    await called.promise;
    client.destroy();
    expect(await closed.promise).toBe(true);
    expect((await until('the exchange is over', () => server.records.at(-1))).ending).toBe('cancelled');
  });

  describe('when nothing more is sent', () => {
    const limits = { holdMsMax: 20, responseHoldMsMax: 20, exchangeIdleMsMax: 100, exchangeSilenceMsMax: 1_000 };
    const open = '/ HTTP/1.1\r\nhost: a\r\n';
    const cases: readonly (readonly [string, RequestListener, string, RegExp])[] = [
      ['a handler that does not answer', () => undefined, `GET ${open}\r\n`, /^HTTP\/1.1 503 /],
      [
        'a request that does not end',
        (incoming, response) => incoming.resume().once('end', () => response.end()),
        `POST ${open}content-type: text/plain\r\ncontent-length: 100\r\n\r\nabc`,
        /^HTTP\/1.1 503 /,
      ],
      [
        'a response that does not end',
        (_, response) => void response.writeHead(200, { 'content-type': 'image/png' }).write('abc'),
        `GET ${open}\r\n`,
        /^HTTP\/1.1 200 [\s\S]*abc/,
      ],
    ];
    it.each(cases)('ends %s', async (_, handler, text, answer) => {
      const silent = await engineOf(guardedRules, { limits });
      await using server = await GuardedServer.start(silent, handler);
      const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
      let got = '';
      socket.on('data', (part) => {
        got += part;
      });
      socket.write(text);
      await until('the exchange is over', () => server.records.at(-1));
      await until('the response has arrived', () => (answer.test(got) ? got : undefined));
      socket.destroy();
      silent.close();
    });

    it('continues while something is sent', async () => {
      const silent = await engineOf(guardedRules, { limits });
      await using server = await GuardedServer.start(silent, (_, response) => {
        response.writeHead(200, { 'content-type': 'image/png' });
        const end = performance.now() + 1_500;
        const timer = setInterval(() => {
          if (performance.now() < end) response.write('x');
          else response.end();
        }, 20);
        response.once('close', () => clearInterval(timer));
      });
      expect((await server.ask()).status).toBe(200);
      const { ending } = await until('the exchange is over', () => server.records.at(-1));
      expect(ending).toBe('complete');
      silent.close();
    });
  });

  it('lets nothing bypass it', async () => {
    await using server = await withHandler((_, response) => {
      const { prototype } = Object.getPrototypeOf(response).constructor;
      prototype.write.call(response, 'secret');
      response.writeEarlyHints({ link: '</secret>; rel=preload' });
      response.end('fine');
    });
    expect(await server.ask()).toMatchObject({ status: 200, body: 'fine' });
  });

  const heads: readonly (readonly [string, RequestListener])[] = [
    ['an object', (_, response) => void response.writeHead(203, 'Why', { 'X-A': '1', 'Set-Cookie': ['a', 'b'] }).end()],
    [
      'a flat list',
      (_, response) => void response.writeHead(203, ['X-A', '1', 'Set-Cookie', 'a', 'Set-Cookie', 'b']).end(),
    ],
    [
      'setHeader',
      (_, response) => {
        response.statusCode = 203;
        response.setHeader('X-A', 1);
        response.appendHeader('Set-Cookie', 'a');
        response.appendHeader('Set-Cookie', 'b');
        response.flushHeaders();
        expect(response.headersSent).toBe(true);
        expect(() => response.setHeader('X-B', '1')).toThrow(/after they are sent/);
        response.end();
      },
    ],
  ];
  it.each(heads)('accepts a head given by %s', async (_, handler) => {
    await using server = await withHandler(handler);
    const { status, headers } = await server.ask();
    expect([status, headers['x-a'], headers['set-cookie']]).toStrictEqual([203, '1', ['a', 'b']]);
    expect(headers.date).toBeDefined();
  });

  it('accepts the next request of a connection after one that was blocked while its body arrived', async () => {
    await using server = await withHandler((_, response) => void response.end('fine'));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (path: string, body: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const headers = { ...form, 'content-length': body.length };
        const client = request({ port: server.port, host: '127.0.0.1', method: 'POST', path, headers, agent });
        client.on('error', reject);
        client.on('response', (answer) => answer.resume().on('end', () => resolve(answer.statusCode)));
        client.end(body);
      });
    expect(await send('/?a=evil', `b=${'x'.repeat(500_000)}`)).toBe(418);
    expect(await send('/', 'a=1')).toBe(200);
    agent.destroy();
  });

  it('responds with 503 when the engine is closed', async () => {
    const closed = await engineOf(guardedRules);
    closed.close();
    await using server = await GuardedServer.start(closed, (_, response) => void response.end());
    expect((await server.ask({ method: 'POST', pieces: ['a'] })).status).toBe(503);
    expect(server.calls).toBe(0);
  });

  it('rejects what is not an engine, a handler, or an HTTP/1 request', () => {
    const handler: RequestListener = () => undefined;
    for (const call of [
      () => guardHttp({} as never, handler),
      () => guardHttp(engine, undefined as never),
      () => guardHttp(engine, handler)({} as never, {} as never),
    ]) {
      expect(call).toThrow(expect.objectContaining({ code: 'api.misuse' }));
    }
    expect(createServer(guardHttp(engine, handler))).toBeDefined();
  });
});
