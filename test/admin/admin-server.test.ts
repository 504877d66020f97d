import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type AdminOptions, openAdminServer } from '../../src/admin/admin-server.ts';
import { limitsWith } from '../../src/base/limits.ts';
import { askAdmin } from '../support/admin.ts';
import { adminTarget } from '../support/admin-target.ts';
import { makeCertificates } from '../support/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-admin-'));
afterAll(() => rmSync(folder, { recursive: true }));
const token = 'a-token-of-32-characters-and-so-on';

/** Runs `use` on an admin address. */
async function serving(
  use: (address: string, asked: readonly string[]) => Promise<void>,
  given: Partial<AdminOptions> = {},
): Promise<void> {
  const { target, asked } = adminTarget();
  const errors: string[] = [];
  const server = await openAdminServer({
    settings: { listen: '127.0.0.1:0' },
    limits: limitsWith({}),
    target,
    environment: {},
    onError: ({ message }) => errors.push(message),
    ...given,
  });
  try {
    await use(server.address, asked);
  } finally {
    await server.close();
  }
  expect(errors).toStrictEqual([]);
}

/** Sends bytes and returns everything that arrives until the other side closes. */
function exchangeBytes(address: string, bytes: string): Promise<string> {
  const port = Number(address.split(':').at(-1));
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(bytes));
    socket.setEncoding('latin1');
    socket.on('data', (part: string) => {
      text += part;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

const statusOf = (answer: string): string => answer.split(' ')[1] ?? '';

describe('openAdminServer', () => {
  it('reports with GET and HEAD, acts on POST, and answers everything else with what is allowed', async () => {
    await serving(async (address, asked) => {
      for (const [method, path, status] of [
        ['GET', '/livez', 200],
        ['HEAD', '/readyz', 200],
        ['GET', '/readyz?verbose', 200],
        ['POST', '/livez', 405],
        ['DELETE', '/metrics', 405],
        ['GET', '/-/reload', 405],
        ['HEAD', '/-/drain', 405],
        ['PUT', '/-/log-level?level=debug', 405],
        ['GET', '/', 404],
        ['GET', '/metrics/', 404],
        ['GET', '//livez', 404],
        ['GET', '/../livez', 404],
        ['GET', '/%6civez', 404],
        ['GET', 'http://evil.example/livez', 404],
        ['OPTIONS', '*', 404],
      ] as const) {
        const reply = await askAdmin(address, path, { method });
        expect(reply.status, `${method} ${path}`).toBe(status);
        expect(reply.headers['x-content-type-options']).toBe('nosniff');
        if (status === 405) expect(reply.headers.allow).toMatch(/^(GET, HEAD|POST)$/);
      }
      expect(asked, 'nothing was done').toStrictEqual([]);
      const answer = await askAdmin(address, '/-/log-level?level=debug', { method: 'POST', body: 'seconds=5' });
      expect(answer.status).toBe(200);
      await askAdmin(address, '/-/reload', { method: 'POST' });
      await askAdmin(address, '/-/drain', { method: 'POST' });
      expect(asked).toStrictEqual(['debug for 5000 ms', 'reload', 'drain']);
    });
  });

  it('refuses web pages what programs may do', async () => {
    await serving(async (address, asked) => {
      for (const headers of [
        { host: 'evil.example:9990' },
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
      ]) {
        for (const [method, path] of [
          ['POST', '/-/drain'],
          ['GET', '/metrics'],
        ] as const) {
          const reply = await askAdmin(address, path, { method, headers });
          expect(reply.status, JSON.stringify(headers)).toBe(403);
        }
      }
      expect(statusOf(await exchangeBytes(address, 'GET /livez HTTP/1.0\r\n\r\n')), 'no Host').toBe('403');
      expect(asked).toStrictEqual([]);
    });
  });

  it('admits only its own user at a Unix socket, where no peer is a web page', async () => {
    const listen = `unix:${join(folder, 'admin.sock')}`;
    await serving(
      async (address) => {
        expect(statSync(join(folder, 'admin.sock')).mode & 0o777).toBe(0o600);
        expect((await askAdmin(address, '/livez', { headers: { host: 'weir' } })).status).toBe(200);
      },
      { settings: { listen } },
    );
  });

  it('requires the token, except for probes', async () => {
    await serving(
      async (address, asked) => {
        const headers = { authorization: `Bearer ${token}`, host: 'weir.example' };
        for (const path of ['/-/reload', '/-/drain', '/-/log-level?level=debug']) {
          const reply = await askAdmin(address, path, { method: 'POST' });
          expect([reply.status, reply.headers['www-authenticate']]).toStrictEqual([401, 'Bearer']);
        }
        expect((await askAdmin(address, '/metrics')).status).toBe(401);
        expect(asked).toStrictEqual([]);
        expect(await askAdmin(address, '/readyz')).toMatchObject({ status: 200, body: 'ready\n' });
        expect((await askAdmin(address, '/readyz', { headers })).body).toContain('generation 3');
        expect((await askAdmin(address, '/metrics', { headers })).status).toBe(200);
      },
      { environment: { WEIR_ADMIN_TOKEN: token } },
    );
  });

  it('does not open an unprotected address that others can reach', async () => {
    const opening = serving(() => Promise.resolve(), { settings: { listen: '0.0.0.0:0' } });
    await expect(opening).rejects.toThrow(expect.objectContaining({ code: 'config.invalid' }));
  });

  it('names the address that it cannot open', async () => {
    await serving(async (address) => {
      const again = serving(() => Promise.resolve(), { settings: { listen: address } });
      await expect(again).rejects.toThrow(
        /cannot listen on 127\.0\.0\.1:\d+: another process listens there \(EADDRINUSE\)/,
      );
    });
  });

  it('requires client certificates if authorities for them are given', async () => {
    const { ca, server, client } = makeCertificates(folder);
    const pem = (path: string): string => readFileSync(path, 'utf8');
    const tls = { certFile: server.cert, keyFile: server.key, clientCaFile: ca };
    await serving(
      async (address) => {
        const port = address.split(':').at(-1);
        const ask = (more: object) =>
          askAdmin(`127.0.0.1:${port}`, '/metrics', { tls: { ca: pem(ca), servername: 'localhost', ...more } });
        expect((await ask({ cert: pem(client.cert), key: pem(client.key) })).status).toBe(200);
        await expect(ask({})).rejects.toThrow();
        expect(await exchangeBytes(address, 'GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n')).not.toContain(
          '200 OK',
        );
      },
      { settings: { listen: '0.0.0.0:0', tls } },
    );
  });
});

describe('the limits of an admin address', () => {
  const limits = limitsWith({
    adminBodyBytesMax: 20,
    adminHeaderBytesMax: 2_000,
    adminConnectionsMax: 2,
    adminRequestMsMax: 200,
  });

  it('refuse long bodies, with or without a declared length, and long heads', async () => {
    await serving(
      async (address, asked) => {
        const long = 'level=debug&seconds=5';
        const start = 'POST /-/log-level HTTP/1.1\r\nhost: localhost\r\n';
        const counted = `${start}content-length: ${long.length}\r\n\r\n${long}`;
        const chunked = `${start}transfer-encoding: chunked\r\n\r\n${long.length.toString(16)}\r\n${long}\r\n`;
        const endless = `${start}transfer-encoding: chunked\r\n\r\nffffff\r\n${long}`;
        for (const text of [counted, chunked, endless]) {
          expect(statusOf(await exchangeBytes(address, text)), text).toBe('413');
        }
        const head = `GET /livez HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(3_000)}\r\n\r\n`;
        expect(statusOf(await exchangeBytes(address, head))).toBe('431');
        expect(asked).toStrictEqual([]);
      },
      { limits },
    );
  });

  it('end requests that do not arrive, and silent connections', async () => {
    await serving(
      async (address) => {
        expect(statusOf(await exchangeBytes(address, 'GET /livez HTTP/1.1\r\nhost: loc'))).toBe('408');
        const body = 'POST /-/reload HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nabc';
        expect(statusOf(await exchangeBytes(address, body))).toBe('408');
        const idle = 'GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n';
        expect(await exchangeBytes(address, idle), 'kept alive for its time').toMatch(/alive\n$/);
      },
      { limits },
    );
  });

  const silent = [
    '',
    'GET /livez HTTP/1.1\r\nhost: loc',
    'POST /-/reload HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nabc',
  ];
  for (const text of silent) {
    it(`close the oldest connection that has sent ${JSON.stringify(text.slice(0, 8))} and waits for no response, in favour of a new one`, async () => {
      await serving(
        async (address) => {
          const first = exchangeBytes(address, text);
          const second = exchangeBytes(address, text);
          expect((await askAdmin(address, '/livez')).status).toBe(200);
          expect(await Promise.race([first, second])).toBe('');
        },
        { limits: limitsWith({ adminConnectionsMax: 2, adminRequestMsMax: 60_000 }) },
      );
    });
  }

  it('count connections that do not authenticate', async () => {
    const { ca, server } = makeCertificates(folder);
    await serving(
      async (address) => {
        const port = address.split(':').at(-1);
        const tls = { ca: readFileSync(ca, 'utf8'), servername: 'localhost' };
        const silentOnes = [exchangeBytes(address, ''), exchangeBytes(address, '')];
        expect((await askAdmin(`127.0.0.1:${port}`, '/livez', { tls })).status).toBe(200);
        expect(await Promise.race(silentOnes)).toBe('');
      },
      {
        limits: limitsWith({ adminConnectionsMax: 2, adminRequestMsMax: 60_000 }),
        settings: { listen: '127.0.0.1:0', tls: { certFile: server.cert, keyFile: server.key } },
      },
    );
  });

  it('do not end a reload that takes longer', async () => {
    const reload = Promise.withResolvers<void>();
    const { target } = adminTarget({
      reload: async () => {
        await reload.promise;
        return { isDone: true, generation: 2, ruleCount: 1, loadMs: 1 };
      },
    });
    await serving(
      async (address) => {
        const answer = askAdmin(address, '/-/reload', { method: 'POST' });
        // Another request, which is ended because it is slow, shows that the time is over.
        expect(statusOf(await exchangeBytes(address, 'GET /livez HTTP/1.1\r\nhost: loc'))).toBe('408');
        reload.resolve();
        expect((await answer).status).toBe(200);
      },
      { limits, target },
    );
  });
});
