// A proxy as a target: a server made here that responds and logs as a proxy with Weir does.

import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frontTarget } from '../../src/ftw/front-target.ts';
import type { Target } from '../../src/ftw/runner.ts';
import { until } from '../support/until.ts';

const requestFor = (path: string): Buffer => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);

describe('frontTarget', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-front-'));
  const log = join(folder, 'audit.log');
  let server: Server;
  /** The most requests that were open at a time, and how many must have been before any gets a response. */
  let most = 0;
  let awaited = 1;

  /** Responses by path: /403 with a log line, /bare without id, /reset none at all, /0.9 without a head. */
  const answerTo = (path: string, id: string): string => {
    if (path === '/0.9') return 'hello';
    if (path === '/bare') return 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
    const match = { ruleId: 7, phase: 1, message: 'm', data: 'd', tags: [], rule: 'a.conf:1', variable: 'ARGS:a' };
    if (path === '/403') {
      appendFileSync(log, `${JSON.stringify({ event: 'exchange', requestId: id, matches: [match] })}\n`);
    }
    const status = path === '/403' ? '403 Forbidden' : '200 OK';
    return `HTTP/1.1 ${status}\r\nx-request-id: ${id}\r\nContent-Length: 2\r\n\r\nok`;
  };

  beforeAll(async () => {
    writeFileSync(log, '');
    let count = 0;
    const unanswered = new Set<Socket>();
    server = createServer((socket) => {
      socket.on('close', () => unanswered.delete(socket));
      socket.on('error', () => {});
      socket.once('data', (bytes) => {
        unanswered.add(socket);
        most = Math.max(most, unanswered.size);
        const path = bytes.toString('latin1').split(' ')[1] ?? '';
        count += 1;
        const id = `request-${count}-of-test`;
        if (path === '/silent') return;
        const respond = (): void => {
          unanswered.delete(socket);
          if (path === '/reset') socket.resetAndDestroy();
          else if (path === '/0.9') socket.end(answerTo(path, id));
          else socket.write(answerTo(path, id));
        };
        // Responses take a moment, in which more requests could arrive than should.
        void until(`${awaited} requests come`, () => most >= awaited).then(() => setTimeout(respond, 5));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const target = (): Target =>
    frontTarget({
      url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ignored`),
      auditLog: log,
      concurrency: 3,
      answerMsMax: 1_000,
      quietMs: 100,
    });

  it('finds status and rules of each request, in order', async () => {
    const paths = ['/', '/403', '/', '/bare', '/reset', '/0.9', '/silent', '/403'];
    awaited = 3;
    const outcomes = await target()(paths.map(requestFor));
    expect(outcomes.map(({ status, ruleIds }) => [status, ...ruleIds])).toStrictEqual([
      [200],
      [403, 7],
      [200],
      [400],
      [undefined],
      [undefined],
      [undefined],
      [403, 7],
    ]);
    expect(outcomes[3]?.refusal).toBe('the proxy itself answered');
    expect(
      outcomes.map(({ isClosedUnanswered }) => isClosedUnanswered),
      'only a closed connection is a refusal: neither a strange answer nor none at all',
    ).toStrictEqual([false, false, false, false, true, false, false, false]);
    expect(outcomes[5]?.answer).toBe('hello');
    expect(outcomes[1]?.logLines[0] ?? '').toMatch(/\[id "7"\]/);
    expect(most, 'as many at a time as asked for').toBe(awaited);
  });

  it('rejects a proxy whose responses name no request', async () => {
    await expect(target()([requestFor('/bare')])).rejects.toThrow(
      expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(/x-request-id/) }),
    );
  });

  it('refuses an address where nothing listens', async () => {
    const nowhere = createServer();
    await new Promise<void>((resolve) => nowhere.listen(0, '127.0.0.1', resolve));
    const { port } = nowhere.address() as AddressInfo;
    await new Promise((resolve) => nowhere.close(resolve));
    const silent = frontTarget({ url: new URL(`http://127.0.0.1:${port}`), auditLog: log });
    await expect(silent([requestFor('/')])).rejects.toThrow(
      expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(/nothing listens/) }),
    );
  });

  it('rejects a log that does not exist, at once', () => {
    expect(() => frontTarget({ url: new URL('http://127.0.0.1:1'), auditLog: join(folder, 'no') })).toThrow(
      expect.objectContaining({
        code: 'config.invalid',
      }),
    );
  });
});
