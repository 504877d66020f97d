// A server whose listeners for upgrades and CONNECT are behind a guard, and clients that write requests byte for byte.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, guardUpgrade, type TransactionRecord } from '../../src/index.ts';
import { engineOf, guardedRules } from '../support/guarded-server.ts';
import { until } from '../support/until.ts';

const upgrade = (target: string, more = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${more}\r\n`;

describe('guardUpgrade', () => {
  let engine: Engine;
  let server: Server;
  let records: TransactionRecord[] = [];
  let calls: string[] = [];

  beforeAll(async () => {
    engine = await engineOf(
      `${guardedRules}SecRule REQUEST_LINE "@contains bad.example" "id:6,phase:1,deny,status:418"\n`,
    );
    server = createServer((_, response) => response.end());
    for (const event of ['upgrade', 'connect'] as const) {
      const listener = guardUpgrade(
        engine,
        (request, socket, head) => {
          calls.push(`${event} ${request.url}`);
          socket.on('error', () => undefined);
          socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
          socket.write(head);
          socket.pipe(socket);
        },
        { onRecord: (record) => records.push(record) },
      );
      server.on(event, listener);
    }
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    records = [];
    calls = [];
  });
  afterAll(() => {
    server.close();
    engine.close();
  });

  const open = (written: string) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(written);
    return socket;
  };

  const blocked: readonly (readonly [what: string, written: string, answer: RegExp])[] = [
    ['an upgrade', upgrade('/?q=evil'), /^HTTP\/1\.1 418 I'm a Teapot\r\n[\s\S]*<!doctype html>/i],
    ['an upgrade of a program', upgrade('/?q=evil', 'Accept: application/json\r\n'), /\r\n\r\n\{/],
    [
      'an upgrade that is sent elsewhere',
      upgrade('/?go=away'),
      /^HTTP\/1\.1 302 [\s\S]*\r\nlocation: https:\/\/example\.org\/\r\n/,
    ],
    ['CONNECT', 'CONNECT bad.example:443 HTTP/1.1\r\nHost: a\r\n\r\n', /^HTTP\/1\.1 418 /],
  ];
  for (const [what, written, answer] of blocked) {
    it(`responds to ${what} that rules block, and closes the connection`, async () => {
      expect(await text(open(written))).toMatch(answer);
      expect(calls).toStrictEqual([]);
      const record = await until('the exchange is over', () => records[0]);
      expect(record.ending).toBe('blocked');
    });
  }

  const passed: readonly (readonly [written: string, call: string])[] = [
    [upgrade('/ok'), 'upgrade /ok'],
    ['CONNECT good.example:443 HTTP/1.1\r\nHost: a\r\n\r\n', 'connect good.example:443'],
  ];
  for (const [written, call] of passed) {
    it(`gives ${call} to the listener, with the bytes after it`, async () => {
      const socket = open(`${written}first`);
      socket.end('second');
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 101 .*\r\n\r\nfirstsecond$/);
      expect(calls).toStrictEqual([call]);
    });
  }

  it('tolerates a client that disconnects at once', async () => {
    open(upgrade('/gone')).resetAndDestroy();
    open(upgrade('/?q=evil')).resetAndDestroy();
    expect(await text(open(upgrade('/?q=evil')))).toMatch(/^HTTP\/1\.1 418 /);
  });

  it('responds with 503 when the engine is closed', async () => {
    const other = await engineOf(guardedRules);
    const closed = createServer().on(
      'upgrade',
      guardUpgrade(other, () => calls.push('called')),
    );
    closed.listen(0, '127.0.0.1');
    await once(closed, 'listening');
    other.close();
    const socket = connect((closed.address() as AddressInfo).port, '127.0.0.1');
    socket.write(upgrade('/'));
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 503 /);
    expect(calls).toStrictEqual([]);
    closed.close();
  });

  it('refuses what is not an engine or a listener', () => {
    expect(() => guardUpgrade({} as Engine, () => undefined)).toThrow(/needs an engine/);
    expect(() => guardUpgrade(engine, 1 as never)).toThrow(/needs a listener/);
  });
});
