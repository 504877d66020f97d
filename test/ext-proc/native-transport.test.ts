// What is specific to the native transport: floods that Node's HTTP/2 stops elsewhere, deadlines, and draining. What holds for
// every transport is in transport.test.ts.

import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { createNativeTransport } from '../../src/ext-proc/native-transport.ts';
import type { OpenStream } from '../../src/ext-proc/transport.ts';
import { frameOf, processPath } from '../support/grpc-serving.ts';
import { frame, framesOf, frameTypes, headerBlock, preface } from '../support/http2-frames.ts';
import { until } from '../support/until.ts';

/** Replies to each message with the same bytes. */
const echo: OpenStream = (replies) => ({
  message: (bytes) => replies.reply(bytes),
  halfClose: () => replies.end(),
  close() {},
});

/** Runs `use` on a server and stops it. */
async function serving(use: (address: string) => Promise<void>, open: OpenStream = echo): Promise<void> {
  const transport = createNativeTransport(open, limits);
  try {
    await use(await transport.listen('127.0.0.1:0'));
  } finally {
    await transport.close({ drainMs: 500 });
  }
}

const request = {
  ':method': 'POST',
  ':scheme': 'http',
  ':path': processPath,
  ':authority': 'x',
  'content-type': 'application/grpc',
};

/** A connection that has sent the preface, and more in the same write. */
function hello(address: string, more: readonly Buffer[] = []): Socket {
  const [host, port] = address.split(':') as [string, string];
  const socket = connectTcp(Number(port), host);
  socket.on('error', () => {});
  socket.resume();
  socket.write(Buffer.concat([Buffer.from(preface), frame('settings', {}, Buffer.alloc(0)), ...more]));
  return socket;
}

const repeat = (count: number, one: Buffer): Buffer => Buffer.concat(Array.from({ length: count }, () => one));

describe('a flood', () => {
  const block = headerBlock(request);
  it.for([
    ['of pings', repeat(3_500, frame('ping', {}, Buffer.alloc(8)))],
    ['of settings', repeat(5_000, frame('settings', {}, Buffer.alloc(0)))],
    [
      'of continuations',
      Buffer.concat([
        frame('headers', { stream: 1 }, block),
        repeat(1_000, frame('continuation', { stream: 1 }, Buffer.alloc(0))),
      ]),
    ],
  ] as const)('%s ends the connection, and harms no other', async ([, bytes]) => {
    await serving(async (address) => {
      const socket = hello(address);
      socket.write(bytes);
      await once(socket, 'close');
      const session = connect(`http://${address}`);
      expect(await codeOf(session, Buffer.alloc(5))).toBe(status.OK);
      session.destroy();
    });
  });
});

/** Flags of frames: HEADERS is complete, DATA has padding. */
const flags = { endHeaders: 4, padded: 8 };

const window = (increment: number, stream = 1): Buffer => {
  const body = Buffer.alloc(4);
  body.writeUInt32BE(increment);
  return frame('windowUpdate', { stream }, body);
};

// h2spec tries the same on a stream that no gRPC server accepts: there it races with the response that closes the stream.
describe('an open stream', () => {
  const open = frame('headers', { stream: 1, flags: flags.endHeaders }, headerBlock(request));
  const declared = frame(
    'headers',
    { stream: 1, flags: flags.endHeaders },
    headerBlock({ ...request, 'content-length': '1' }),
  );
  const message = frame('data', { stream: 1 }, frameOf(Buffer.alloc(1)));
  it.for([
    [
      'DATA with more padding than it is long',
      [open, frame('data', { stream: 1, flags: flags.padded }, Buffer.from([9, 0]))],
    ],
    ['a window that grows by nothing', [open, window(0)]],
    ['a window that grows beyond 2^31-1', [open, window(2 ** 31 - 1), window(2 ** 31 - 1)]],
    [
      'second HEADERS without END_STREAM',
      [open, frame('headers', { stream: 1, flags: flags.endHeaders }, headerBlock({ x: 'y' }))],
    ],
    [
      'trailers with a pseudo-header',
      [open, frame('headers', { stream: 1, flags: flags.endHeaders | 1 }, headerBlock({ ':method': 'POST' }))],
    ],
    ['more than its content-length', [declared, message]],
  ] as const)('ends with an error: %s', async ([, frames]) => {
    await serving(async (address) => {
      const socket = hello(address, frames);
      const got: Buffer[] = [];
      socket.on('data', (bytes) => got.push(bytes));
      const isError = ({ type, body }: { readonly type: number; readonly body: Buffer }): boolean =>
        (type === frameTypes.reset && body.readUInt32BE() !== 0) ||
        (type === frameTypes.goaway && body.readUInt32BE(4) !== 0);
      await until('an error of the stream or the connection', () => framesOf(Buffer.concat(got)).some(isError));
      socket.destroy();
    });
  });
});

/** The status of a stream that sends the given bytes. */
function codeOf(
  session: ClientHttp2Session,
  bytes: Buffer,
  more: Readonly<Record<string, string>> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ...request, ...more });
    const take = (headers: Readonly<Record<string, unknown>>): void => {
      if (headers['grpc-status'] !== undefined) resolve(Number(headers['grpc-status']));
    };
    stream.on('response', take);
    stream.on('trailers', take);
    stream.on('error', reject);
    stream.on('close', () => reject(new Error(`closed with ${stream.rstCode}`)));
    stream.resume();
    stream.end(bytes);
  });
}

describe('a stream', () => {
  it('ends at the deadline that its peer gave it', async () => {
    const silent: OpenStream = () => ({ message() {}, halfClose: () => new Promise(() => undefined), close() {} });
    await serving(async (address) => {
      const session = connect(`http://${address}`);
      expect(await codeOf(session, Buffer.alloc(5), { 'grpc-timeout': '20m' })).toBe(status.DEADLINE_EXCEEDED);
      session.destroy();
    }, silent);
  });

  it.for(['', 'S', '5', '1x', '-1S', '1.5S', '1s', '99999999999999999999S'])(
    'is ended for the deadline %j, which cannot be read',
    async (timeout) => {
      await serving(async (address) => {
        const session = connect(`http://${address}`);
        expect(await codeOf(session, Buffer.alloc(5), { 'grpc-timeout': timeout })).toBe(status.INTERNAL);
        session.destroy();
      });
    },
  );

  it('stays open with the longest possible deadline', async () => {
    await serving(async (address) => {
      const session = connect(`http://${address}`);
      expect(await codeOf(session, Buffer.alloc(5), { 'grpc-timeout': '99999999H' })).toBe(status.OK);
      session.destroy();
    });
  });

  it('has the headers that it came with when it was opened and reset in one read', async () => {
    const seen: unknown[] = [];
    const open: OpenStream = (_, metadata) => {
      const profile = (): unknown => metadata.get('weir-profile');
      seen.push(['open', profile()]);
      return {
        message: (bytes) => void seen.push(['message', bytes.length, profile()]),
        halfClose() {},
        close: (was) => void seen.push(['close', was]),
      };
    };
    await serving(async (address) => {
      const socket = hello(address, [
        frame('headers', { stream: 1, flags: 4 }, headerBlock({ ...request, 'weir-profile': 'strict' })),
        frame('data', { stream: 1 }, frameOf(Buffer.from('one'))),
        frame('reset', { stream: 1 }, Buffer.from([0, 0, 0, 8])),
      ]);
      await until('the stream is closed', () => seen.length === 3);
      socket.destroy();
    }, open);
    expect(seen).toStrictEqual([
      ['open', 'strict'],
      ['message', 3, 'strict'],
      ['close', true],
    ]);
  });

  it('is refused by status for another method', async () => {
    await serving(async (address) => {
      const session = connect(`http://${address}`);
      expect(await codeOf(session, Buffer.alloc(5), { ':path': '/a.B/C' })).toBe(status.UNIMPLEMENTED);
      session.destroy();
    });
  });

  it('may receive thousands of messages in one read', async () => {
    const count = 5_000;
    await serving(async (address) => {
      const session = connect(`http://${address}`);
      const stream = session.request(request);
      let bytes = 0;
      stream.on('data', (part: Buffer) => {
        bytes += part.length;
      });
      stream.end(Buffer.alloc(count * 5));
      await once(stream, 'end');
      expect(bytes).toBe(count * 5);
      session.destroy();
    });
  });
});

describe('a peer that does not read', () => {
  /** Replies fill the socket: the window of this stream is as large as possible. */
  const filling: OpenStream = (replies) => ({
    message(bytes) {
      if (bytes.length > 1) for (let sent = 0; sent < 1_024; sent += 1) replies.reply(Buffer.alloc(16 * 1024));
      else replies.reply(bytes);
    },
    halfClose: () => replies.end(),
    close() {},
  });
  const largeWindows = Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff]);
  /** More streams than replies may wait. */
  const streams = Array.from({ length: 11_000 }, (_, index) => {
    const stream = 2 * index + 3;
    const head = frame('headers', { stream, flags: flags.endHeaders }, headerBlock(request));
    return Buffer.concat([head, frame('data', { stream, flags: 1 }, frameOf(Buffer.alloc(1)))]);
  });
  const junk = repeat(2_000, frame('unknown', {}, Buffer.alloc(16 * 1024)));

  it('is not read until it reads', async () => {
    await serving(async (address) => {
      const socket = hello(address, [frame('settings', {}, largeWindows), window(2 ** 31 - 1 - 65_535, 0)]);
      await once(socket, 'data');
      socket.pause();
      const open = frame('headers', { stream: 1, flags: flags.endHeaders }, headerBlock(request));
      socket.write(Buffer.concat([open, frame('data', { stream: 1 }, frameOf(Buffer.alloc(2)))]));
      socket.write(Buffer.concat(streams));
      socket.write(junk);
      let unread = socket.writableLength;
      let sameFor = 0;
      await until('nothing is read any more', () => {
        sameFor = socket.writableLength === unread ? sameFor + 1 : 0;
        unread = socket.writableLength;
        return sameFor > 20;
      });
      expect(unread, 'what waits beside the buffers of the sockets').toBeGreaterThan(junk.length / 2);
      let answers = 0;
      socket.on('data', (bytes: Buffer) => {
        answers += bytes.length;
      });
      socket.resume();
      await until('all is read and answered', () => socket.writableLength === 0 && answers > 1_024 * 16 * 1024);
      socket.destroy();
    }, filling);
  });
});

describe('close', () => {
  it('serves what a peer opens before it has read the notice, and lets its connections close', async () => {
    const transport = createNativeTransport(echo, limits);
    const session = connect(`http://${await transport.listen('127.0.0.1:0')}`);
    await once(session, 'remoteSettings');
    let goaways = 0;
    session.on('goaway', () => {
      goaways += 1;
    });
    const stream = session.request(request);
    const closed = transport.close({ drainMs: 60_000 });
    stream.resume();
    await until('both notices came', () => goaways === 2);
    stream.end(Buffer.alloc(5));
    await closed;
    await until('the connection is closed', () => session.destroyed);
  });

  it('reports to streams that they are cut', async () => {
    const cancelled: boolean[] = [];
    const silent: OpenStream = () => ({ message() {}, halfClose() {}, close: (was) => void cancelled.push(was) });
    const transport = createNativeTransport(silent, limits);
    const session = connect(`http://${await transport.listen('127.0.0.1:0')}`);
    session.on('error', () => {});
    const stream = session.request(request);
    stream.on('error', () => {});
    stream.write(Buffer.alloc(5));
    await once(stream, 'ready');
    await once(session, 'remoteSettings');
    await transport.close({ drainMs: 1 });
    expect(cancelled.every((was) => was)).toBe(true);
  });
});
