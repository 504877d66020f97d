import { connect, constants } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { afterAll, describe, expect, it } from 'vitest';
import { heldMemory } from '../../src/base/held-memory.ts';
import { limitsWith } from '../../src/base/limits.ts';
import { UnfinishedMessage } from '../../src/ext-proc/unfinished-message.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { attackPlan, chunkOf, encodeRequest, requestHeaders, responseHeaders, serviceOf } from '../support/ext-proc.ts';
import { transports } from '../support/transports.ts';
import { until } from '../support/until.ts';

const MiB = 1024 * 1024;
const limits = limitsWith({ memoryBytesMax: 16 * MiB });

describe('UnfinishedMessage', () => {
  it('counts as held memory while it is held, and reports when there is no room', () => {
    const before = heldMemory.bytes;
    const [one, other] = [new UnfinishedMessage(limits), new UnfinishedMessage(limits)];
    expect(one.holds(4 * MiB)).toBeUndefined();
    expect(heldMemory.bytes).toBe(before + 4 * MiB);
    expect(other.holds(13 * MiB)).toMatch(/hold \d+ bytes of memory, limit 16777216/);
    expect(one.holds(4 * MiB)).toBeUndefined();
    expect(other.holds(0)).toBeUndefined();
    expect(one.holds(3 * MiB)).toBeUndefined();
    expect(heldMemory.bytes).toBe(before + 3 * MiB);
    one.holds(0);
    expect(heldMemory.bytes).toBe(before);
  });
});

describe.each(transports)('incomplete messages, at $name', ({ create }) => {
  const plan = attackPlan();
  afterAll(async () => closePlan(await plan));

  /** The beginning of a message: its length, and some of its bytes. */
  function beginning(length: number, bytes: number): Buffer {
    const part = Buffer.alloc(5 + bytes, 1);
    part.writeUInt8(0, 0);
    part.writeUInt32BE(length, 1);
    return part;
  }

  it('are refused when they exceed the memory that exchanges may hold, which is then released', async () => {
    const before = heldMemory.bytes;
    const { open } = serviceOf(await plan);
    const server = create(open, limits);
    const address = `http://${await server.listen('127.0.0.1:0')}`;
    const { HTTP2_HEADER_METHOD, HTTP2_HEADER_PATH } = constants;
    const path = '/envoy.service.ext_proc.v3.ExternalProcessor/Process';
    const head = { [HTTP2_HEADER_METHOD]: 'POST', [HTTP2_HEADER_PATH]: path, te: 'trailers' };
    const codes: number[] = [];
    const sessions = Array.from({ length: 12 }, () => {
      const session = connect(address).on('error', () => undefined);
      const stream = session.request({ ...head, 'content-type': 'application/grpc' }).on('error', () => undefined);
      const take = (headers: Readonly<Record<string, unknown>>): void => {
        if (headers['grpc-status'] !== undefined) codes.push(Number(headers['grpc-status']));
      };
      stream.on('response', take).on('trailers', take).resume();
      stream.write(beginning(3.9 * MiB, 3.8 * MiB));
      return session;
    });
    await until('some are refused', () => (codes.length >= 8 ? codes : undefined));
    expect(new Set(codes)).toStrictEqual(new Set([status.RESOURCE_EXHAUSTED]));
    expect(heldMemory.bytes).toBeLessThan(16 * MiB);
    for (const session of sessions) session.destroy();
    await until('all is given back', () => (heldMemory.bytes === before ? true : undefined));
    await server.close({ drainMs: 100 });
  });

  it('no longer count when they have arrived completely', async () => {
    const before = heldMemory.bytes;
    const { open, records } = serviceOf(await plan);
    const server = create(open, limits);
    const session = connect(`http://${await server.listen('127.0.0.1:0')}`);
    const { HTTP2_HEADER_METHOD, HTTP2_HEADER_PATH } = constants;
    const path = '/envoy.service.ext_proc.v3.ExternalProcessor/Process';
    const stream = session.request({
      [HTTP2_HEADER_METHOD]: 'POST',
      [HTTP2_HEADER_PATH]: path,
      te: 'trailers',
      'content-type': 'application/grpc',
    });
    stream.resume();
    const framed = (message: Uint8Array): Buffer => {
      const start = beginning(message.length, message.length);
      start.set(message, 5);
      return start;
    };
    const messages = [
      requestHeaders(),
      chunkOf('request', 'x'.repeat(300_000), true),
      responseHeaders(),
      chunkOf('response', 'world', true),
    ];
    for (const [index, message] of messages.entries()) {
      stream.write(framed(encodeRequest(message, index === 0 ? 'streamed' : undefined)));
    }
    stream.end();
    await until('the exchange is over', () => records.at(-1));
    expect(records.at(-1)?.ending).toBe('complete');
    session.destroy();
    await until('all is given back', () => (heldMemory.bytes === before ? true : undefined));
    await server.close({ drainMs: 100 });
  });
});
