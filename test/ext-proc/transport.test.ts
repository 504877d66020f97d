// Both transports on real sockets: addresses, messages, back-pressure, health, shutdown.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Client, credentials, status } from '@grpc/grpc-js';
import { afterAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import type { OpenStream, ReplyStream } from '../../src/ext-proc/transport.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { attackPlan, chunkOf, GrpcPeer, requestHeaders, serviceOf } from '../support/ext-proc.ts';
import { exchange, frameOf, processPath, type ServingOptions, serving as servingAny } from '../support/grpc-serving.ts';
import { healthOf } from '../support/health-client.ts';
import { frame, framesOf, frameTypes, headerBlock, preface } from '../support/http2-frames.ts';
import { silentPeer } from '../support/silent-peer.ts';
import { transports } from '../support/transports.ts';
import { UnreadAnswers, unreadLimits } from '../support/unread-answers.ts';
import { until } from '../support/until.ts';

const plan = await attackPlan();
afterAll(() => closePlan(plan));

const folder = mkdtempSync(join(tmpdir(), 'weir-grpc-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { open } = serviceOf(plan);

const request = {
  ':method': 'POST',
  ':scheme': 'http',
  ':path': processPath,
  ':authority': 'x',
  'content-type': 'application/grpc',
};

/** Replies to each message with the same bytes. */
const echo: OpenStream = (replies) => ({
  message: (bytes) => replies.reply(bytes),
  halfClose: () => replies.end(),
  close() {},
});

describe.each(transports)('the transport $name', (transport) => {
  /** Runs `use` on a server of the service, unless it is given another handler. */
  const serving = (use: (address: string) => Promise<void>, options: Partial<ServingOptions> = {}): Promise<void> =>
    servingAny(use, { transport, handler: open, ...options });

  describe('listen', () => {
    it('serves on TCP and reports which port the system chose', async () => {
      await serving(async (address) => {
        expect(address).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
        expect(await exchange(address)).toBe(status.OK);
      });
    });

    it('serves on a Unix socket, over one that a dead process left, and removes it', async () => {
      const path = join(folder, 'weir.sock');
      const { createServer } = await import('node:net');
      const dead = createServer().listen(path);
      await new Promise((resolve) => dead.once('listening', resolve));
      // Moves the socket's name out of the way of its owner, who would remove it when it closes.
      const { renameSync } = await import('node:fs');
      renameSync(path, `${path}.kept`);
      await new Promise((resolve) => dead.close(resolve));
      renameSync(`${path}.kept`, path);
      await serving(async (address) => expect(await exchange(address)).toBe(status.OK), { listen: `unix:${path}` });
      expect(existsSync(path), 'the socket is gone').toBe(false);
    });

    it('rejects a path that is in use', async () => {
      const path = join(folder, 'used.sock');
      await serving(
        () =>
          expect(transport.create(open, limits).listen(`unix:${path}`)).rejects.toThrow(
            expect.objectContaining({
              code: 'config.invalid',
              message: expect.stringMatching(/another process listens/),
            }),
          ),
        { listen: `unix:${path}` },
      );
      const file = join(folder, 'file');
      writeFileSync(file, '');
      await expect(transport.create(open, limits).listen(`unix:${file}`)).rejects.toThrow(/not a socket/);
    });

    it('rejects a port that is in use', async () => {
      await serving((address) =>
        expect(transport.create(open, limits).listen(address)).rejects.toThrow(
          expect.objectContaining({ code: 'config.invalid' }),
        ),
      );
    });
  });

  describe('messages', () => {
    it('of 20 MiB are accepted', async () => {
      await serving(async (address) => {
        const peer = new GrpcPeer(address);
        const stream = peer.open();
        stream.send(requestHeaders(), 'streamed');
        stream.send(chunkOf('request', Buffer.alloc(20 * 1024 * 1024, 'x'), true));
        const replies = await stream.answers(2);
        expect(replies.map(({ response }) => response?.$case)).toStrictEqual(['requestHeaders', 'requestBody']);
        peer.close();
      });
    });

    it('are accepted on a stream with as many headers as Envoy accepts from a client', async () => {
      await serving(
        async (address) => {
          const session = connect(`http://${address}`, { maxSendHeaderBlockLength: 128 * 1024 });
          const stream = session.request({
            ':method': 'POST',
            ':path': processPath,
            'content-type': 'application/grpc',
            // Envoy's default for max_request_headers_kb; it carries a client's tracestate into its own streams.
            tracestate: 'x'.repeat(60 * 1024),
          });
          stream.on('error', () => {});
          let bytes = 0;
          stream.on('data', (part: Buffer) => {
            bytes += part.length;
          });
          stream.end(frameOf(Buffer.alloc(1)));
          await new Promise((resolve) => stream.once('close', resolve));
          expect(bytes).toBe(6);
          session.destroy();
        },
        { handler: echo },
      );
    });

    it('above the limit end the stream with an error', async () => {
      await serving(
        async (address) => {
          const peer = new GrpcPeer(address);
          const stream = peer.open();
          stream.send(requestHeaders(), 'streamed');
          stream.send(chunkOf('request', Buffer.alloc(2 * 1024 * 1024, 'x'), true));
          expect((await stream.status).code).toBe(status.RESOURCE_EXHAUSTED);
          peer.close();
        },
        { overrides: { receiveMessageBytesMax: 1024 * 1024 } },
      );
    });

    it('that are compressed are refused', async () => {
      await serving(async (address) => {
        const peer = new GrpcPeer(address, { 'grpc.default_compression_algorithm': 2 });
        const stream = peer.open();
        stream.send(requestHeaders({}, true), 'streamed');
        expect((await stream.status).code).toBe(status.UNIMPLEMENTED);
        expect(stream.replies).toStrictEqual([]);
        peer.close();
      });
    });

    it('of one stream are handled one at a time, in order', async () => {
      const log: string[] = [];
      const { promise: allCame, resolve: otherCame } = Promise.withResolvers<void>();
      let opened = 0;
      const handler: OpenStream = (replies) => {
        opened += 1;
        if (opened > 1) return { message: () => otherCame(), halfClose() {}, close() {} };
        return {
          async message(bytes) {
            log.push(`begin ${bytes[0]}`);
            await (bytes[0] === 1 ? allCame : setImmediate());
            log.push(`end ${bytes[0]}`);
            replies.reply(bytes);
          },
          halfClose() {
            log.push('half-close');
            replies.end();
          },
          close(wasCancelled) {
            log.push(`close ${wasCancelled}`);
          },
        };
      };
      await serving(
        async (address) => {
          const client = new Client(address, credentials.createInsecure());
          const asIs = (bytes: Buffer): Buffer => bytes;
          const call = client.makeBidiStreamRequest(processPath, asIs, asIs);
          call.resume();
          const ended = new Promise((resolve) => call.on('status', resolve));
          for (const byte of [1, 2]) call.write(Buffer.from([byte]));
          await new Promise((resolve) => call.write(Buffer.from([3]), resolve));
          call.end();
          // On the same connection: it arrives after the others, which wait for the first until then.
          const other = client.makeBidiStreamRequest(processPath, asIs, asIs);
          other.on('error', () => {});
          other.write(Buffer.from([4]));
          await ended;
          other.cancel();
          client.close();
        },
        { handler },
      );
      expect(log).toStrictEqual([
        'begin 1',
        'end 1',
        'begin 2',
        'end 2',
        'begin 3',
        'end 3',
        'half-close',
        'close false',
      ]);
    });

    it('whose handler throws end the stream with an error, never with OK', async () => {
      for (const message of [
        () => {
          throw new Error('broken');
        },
        () => Promise.reject(new Error('broken later')),
      ]) {
        const closed: boolean[] = [];
        const handler: OpenStream = () => ({ message, halfClose() {}, close: (was) => void closed.push(was) });
        await serving(
          async (address) => {
            const peer = new GrpcPeer(address);
            const stream = peer.open();
            stream.send(requestHeaders());
            const ended = await stream.status;
            expect([ended.code, ended.details]).toStrictEqual([status.INTERNAL, 'internal error']);
            peer.close();
          },
          { handler },
        );
        expect(closed).toStrictEqual([false]);
      }
    });
  });

  describe('streams of a connection', () => {
    it('are refused above concurrentStreamsMax, and those before are served', async () => {
      let opened = 0;
      const handler: OpenStream = (replies, metadata) => {
        opened += 1;
        return echo(replies, metadata);
      };
      await serving(
        async (address) => {
          const [host, port] = address.split(':') as [string, string];
          const socket = connectTcp(Number(port), host);
          const got: Buffer[] = [];
          socket.on('data', (bytes) => got.push(bytes));
          const open = (stream: number): Buffer =>
            frame('headers', { stream, flags: 4 }, headerBlock({ ...request, te: 'trailers' }));
          const message = frame('data', { stream: 5 }, frameOf(Buffer.alloc(1)));
          socket.write(Buffer.concat([Buffer.from(preface), frame('settings', {}, Buffer.alloc(0))]));
          socket.write(Buffer.concat([1, 3, 5, 7, 9].map(open).concat(message)));
          const framesTo = (stream: number, type: number): readonly { readonly body: Buffer }[] =>
            framesOf(Buffer.concat(got)).filter((one) => one.stream === stream && one.type === type);
          await until('the third is answered', () => framesTo(5, frameTypes.data).length > 0);
          const refusedStream = 7;
          const codes = [7, 9].map((stream) => framesTo(stream, frameTypes.reset)[0]?.body.readUInt32BE());
          expect(codes).toStrictEqual([refusedStream, refusedStream]);
          expect(opened).toBe(3);
          socket.destroy();
        },
        { handler, overrides: { concurrentStreamsMax: 3 } },
      );
    });
  });

  describe('back-pressure', () => {
    it('stops reading when replies are not read, and continues when they are', async () => {
      const unread = new UnreadAnswers();
      const options = { handler: unread.handler, overrides: unreadLimits };
      await serving((address) => unread.check(connect(`http://${address}`)), options);
    });
  });

  describe('health', () => {
    const names = ['', 'envoy.service.ext_proc.v3.ExternalProcessor'];

    it('is SERVING for the server and the service until it is changed', async () => {
      const server = transport.create(open, limits);
      const address = await server.listen('127.0.0.1:0');
      const healths = (): Promise<unknown> => Promise.all(names.map((name) => healthOf(address, name)));
      expect(await healths()).toStrictEqual(['SERVING', 'SERVING']);
      server.setServing(false);
      expect(await healths()).toStrictEqual(['NOT_SERVING', 'NOT_SERVING']);
      server.setServing(true);
      expect(await healths()).toStrictEqual(['SERVING', 'SERVING']);
      await server.close({ drainMs: 100 });
    });
  });

  describe('close', () => {
    it('lets streams end, and cuts those that do not', async () => {
      const server = transport.create(open, limits);
      const address = await server.listen('127.0.0.1:0');
      const peer = new GrpcPeer(address);
      const [ending, staying] = [peer.open(), peer.open()];
      for (const stream of [ending, staying]) stream.send(requestHeaders(), 'streamed-wait');
      await Promise.all([ending.answers(1), staying.answers(1)]);
      const closed = server.close({ drainMs: 300 });
      expect(server.close({ drainMs: 300 }), 'idempotent').toBe(closed);
      ending.call.end();
      expect((await ending.status).code).toBe(status.OK);
      expect((await staying.status).code).not.toBe(status.OK);
      await closed;
      peer.close();
    });

    it('does not wait for a peer that reads nothing', { timeout: 60_000 }, async (context) => {
      const { promise: answered, resolve: onAnswer } = Promise.withResolvers<void>();
      const message = (replies: ReplyStream): void => {
        // More than the buffers of a socket hold.
        replies.reply(Buffer.alloc(64 * 1024 * 1024));
        onAnswer();
      };
      const server = transport.create(
        (replies) => ({ message: () => message(replies), halfClose() {}, close() {} }),
        limits,
      );
      const address = await server.listen('127.0.0.1:0');
      const socket = silentPeer(Number(address.split(':')[1]), processPath);
      context.onTestFinished(() => {
        socket.destroy();
      });
      await answered;
      await server.close({ drainMs: 100 });
      expect(socket.destroyed, 'it is still there').toBeFalsy();
    });
  });
});
