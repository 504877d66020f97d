// TLS of both transports on real sockets: which clients are accepted and which are not, and why; bytes both ways at any cut; renewed certificates;
// limits; ends.

import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import type { HandshakeResult } from '../../src/ext-proc/tls-handshakes.ts';
import type { OpenStream } from '../../src/ext-proc/transport.ts';
import { frameOf, processPath } from '../support/grpc-serving.ts';
import { preface } from '../support/http2-frames.ts';
import { askedOver, type TlsServing, type TlsServingOptions, TlsStand } from '../support/tls-serving.ts';
import { transports } from '../support/transports.ts';
import { UnreadAnswers, unreadLimits } from '../support/unread-answers.ts';
import { until } from '../support/until.ts';

const stand = new TlsStand();
const strangers = new TlsStand();
afterAll(() => {
  stand.remove();
  strangers.remove();
});

/** Replies to each message with the same bytes. */
const echo: OpenStream = (replies) => ({
  message: (bytes) => replies.reply(bytes),
  halfClose: () => replies.end(),
  close() {},
});

/** A digest, which would differ if a record were out of order. */
const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Sends bytes without TLS. */
const plain = (port: number, bytes: string): Socket => {
  const socket = connectTcp(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(bytes);
  return socket;
};

/** A client that trusts another authority and sends an alert, which Node's own never does. */
const doubter = (port: number, version: string): { destroy(): void } => {
  const words = ['s_client', '-connect', `127.0.0.1:${port}`, '-alpn', 'h2', version];
  const more = ['-verify_return_error', '-CAfile', strangers.made.ca];
  const child = spawn('openssl', [...words, ...more], { stdio: 'ignore' });
  return { destroy: () => child.kill() };
};

interface Refused {
  /** How its handshake ends. */
  readonly as: HandshakeResult;
  readonly connect: (port: number) => { destroy(): void };
  readonly overrides?: Readonly<Record<string, number>>;
}

const withOptions = (options: ConnectionOptions) => (port: number) =>
  stand.socket(port, { ...stand.client, ...options });

const refused: Readonly<Record<string, Refused>> = {
  'shows no certificate': {
    as: 'certificate',
    connect: (port) => stand.socket(port, { ca: readFileSync(stand.made.ca) }),
  },
  'shows one of another authority': {
    as: 'certificate',
    connect: (port) => strangers.socket(port, { ...strangers.client, ca: readFileSync(stand.made.ca) }),
  },
  'shows none, by TLS 1.2': {
    as: 'certificate',
    connect: (port) => stand.socket(port, { ca: readFileSync(stand.made.ca), maxVersion: 'TLSv1.2' }),
  },
  'does not accept ours, by TLS 1.2': { as: 'refused', connect: (port) => doubter(port, '-tls1_2') },
  'does not accept ours, by TLS 1.3': { as: 'refused', connect: (port) => doubter(port, '-tls1_3') },
  'speaks TLS 1.1': {
    as: 'protocol',
    connect: withOptions({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  },
  'asks for no protocol': {
    as: 'protocol',
    connect: (port) => stand.socket(port, { ...stand.client, ALPNProtocols: [] }),
  },
  'asks for HTTP/1.1': { as: 'protocol', connect: withOptions({ ALPNProtocols: ['http/1.1'] }) },
  'speaks HTTP/2 in the clear': { as: 'protocol', connect: (port) => plain(port, preface) },
  'says nonsense': { as: 'protocol', connect: (port) => plain(port, '\u0016\u0003\u0001\u0000\u0005\u001b[31m\r\n') },
  'leaves at once': { as: 'gone', connect: (port) => plain(port, '').end() },
  'says nothing': { as: 'timeout', connect: (port) => plain(port, ''), overrides: { tlsHandshakeMsMax: 20 } },
};

describe.each(transports)('TLS of the transport $name', (transport) => {
  const serving = (
    use: (serving: TlsServing) => Promise<void>,
    options: Partial<TlsServingOptions> = {},
  ): Promise<void> => stand.serving(use, { transport, handler: echo, ...options });

  it('accepts clients with a certificate, with TLS 1.2 and 1.3, and counts them', () =>
    serving(async ({ port, tls: { handshakes }, failures }) => {
      for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
        const session = stand.session(port, { ...stand.client, maxVersion });
        expect((await askedOver(session, Buffer.from(maxVersion))).toString()).toBe(maxVersion);
        session.destroy();
      }
      expect(handshakes.counts.ok).toBe(2);
      expect(failures).toStrictEqual([]);
    }));

  it('requires no certificate if no authority is set', () =>
    serving(
      async ({ port }) => {
        const session = stand.session(port, { ca: readFileSync(stand.made.ca) });
        expect((await askedOver(session, Buffer.from('a'))).toString()).toBe('a');
        session.destroy();
      },
      { asksClients: false },
    ));

  for (const [who, { as, connect, overrides = {} }] of Object.entries(refused)) {
    it(`rejects a client that ${who}`, () =>
      serving(
        async ({ port, tls: { handshakes }, failures }) => {
          const socket = connect(port);
          await until(`it is counted as ${as}`, () => handshakes.counts[as] === 1);
          const counted = Object.entries(handshakes.counts).filter(([, count]) => count > 0);
          expect(counted).toStrictEqual([[as, 1]]);
          expect(failures.map(({ result }) => result)).toStrictEqual(as === 'gone' ? [] : [as]);
          for (const { reason } of failures) expect(reason).toMatch(/^[\x20-\x7e]+$/);
          // Others are accepted in the meantime.
          const session = stand.session(port);
          expect((await askedOver(session, Buffer.from('a'))).toString()).toBe('a');
          session.destroy();
          socket.destroy();
        },
        { overrides },
      ));
  }

  it('passes large messages unchanged in both directions', () =>
    serving(async ({ port }) => {
      const message = randomBytes(5 * 1024 * 1024 + 17);
      const session = stand.session(port);
      const answers = await Promise.all([askedOver(session, message), askedOver(session, message.subarray(1))]);
      expect(answers.map(digestOf)).toStrictEqual([digestOf(message), digestOf(message.subarray(1))]);
      session.destroy();
    }));

  it('reads records that arrive byte by byte', () =>
    serving(async ({ port }) => {
      const tcp = connectTcp(port, '127.0.0.1');
      tcp.setNoDelay(true);
      await once(tcp, 'connect');
      const slow = new Duplex({
        read() {},
        write(bytes: Buffer, _encoding, done) {
          const next = (at: number): void => {
            if (at === bytes.length) done();
            else tcp.write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1));
          };
          next(0);
        },
      });
      tcp.on('data', (bytes) => slow.push(bytes));
      tcp.on('close', () => slow.push(null));
      const session = connectHttp2(`https://localhost:${port}`, {
        createConnection: () => stand.socket(port, { ...stand.client, socket: slow }),
      });
      session.on('error', () => {});
      expect((await askedOver(session, Buffer.from('slowly'))).toString()).toBe('slowly');
      session.destroy();
      tcp.destroy();
    }));

  it('stops reading when replies are not read, and continues when they are', async () => {
    const unread = new UnreadAnswers();
    const options = { handler: unread.handler, overrides: unreadLimits };
    await serving(({ port }) => unread.check(stand.session(port)), options);
  });

  it('uses reloaded certificates for new connections, and keeps open ones', () =>
    serving(async ({ port, tls, renew }) => {
      const shown = async (): Promise<string | undefined> => {
        const socket = stand.socket(port, stand.client);
        await once(socket, 'secureConnect');
        const { fingerprint256 } = socket.getPeerCertificate();
        socket.destroy();
        return fingerprint256;
      };
      const before = await shown();
      const open = stand.session(port);
      expect((await askedOver(open, Buffer.from('1'))).toString()).toBe('1');
      renew(stand.made.client);
      const apply = tls.reread();
      expect(await shown(), 'what was only read is not in force').toBe(before);
      apply();
      expect(await shown()).not.toBe(before);
      expect((await askedOver(open, Buffer.from('2'))).toString()).toBe('2');
      open.destroy();
    }));

  it('ends the streams of a peer that sends close_notify, and closes', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<boolean>();
    const handler: OpenStream = (replies) => ({
      message: (bytes) => replies.reply(bytes),
      halfClose() {},
      close: resolve,
    });
    await serving(
      async ({ port }) => {
        const socket = stand.socket(port, stand.client);
        const session = connectHttp2(`https://localhost:${port}`, { createConnection: () => socket });
        session.on('error', () => {});
        const stream = session.request({ ':method': 'POST', ':path': processPath, 'content-type': 'application/grpc' });
        stream.on('error', () => {});
        stream.write(frameOf(Buffer.from('a')));
        await once(stream, 'data');
        socket.destroySoon();
        expect(await closed, 'it was cancelled').toBe(true);
        session.destroy();
      },
      { handler },
    );
  });

  it('drains, and does not wait for open handshakes', async () => {
    let began = 0;
    await serving(async ({ port }) => {
      const session = stand.session(port);
      await askedOver(session, Buffer.from('a'));
      plain(port, '');
      began = performance.now();
      session.once('goaway', () => session.close());
    });
    expect(began).toBeGreaterThan(0);
  });
});

describe('the native transport', () => {
  const native = transports.find(({ name }) => name === 'native');
  expect.assert(native !== undefined);

  it('limits the open handshakes', () =>
    stand.serving(
      async ({ port, tls: { handshakes }, failures }) => {
        const silent = [plain(port, ''), plain(port, '')];
        await Promise.all(silent.map((socket) => once(socket, 'connect')));
        const session = stand.session(port);
        await until('one is too many', () => handshakes.counts['too-many'] === 1);
        expect(failures.map(({ result }) => result)).toStrictEqual(['too-many']);
        session.destroy();
        for (const socket of silent) socket.destroy();
        await until('they are gone', () => handshakes.counts.gone === 2);
        const later = stand.session(port);
        expect((await askedOver(later, Buffer.from('a'))).toString()).toBe('a');
        later.destroy();
      },
      { transport: native, handler: echo, overrides: { tlsHandshakesMax: 2 } },
    ));
});
