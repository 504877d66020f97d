import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { guardFraming } from '../../src/ext-proc/framing-guard.ts';
import type { Transport } from '../../src/ext-proc/transport.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { attackPlan, chunkOf, encodeRequest, requestHeaders, responseHeaders, serviceOf } from '../support/ext-proc.ts';
import { transports } from '../support/transports.ts';

const plan = await attackPlan();
const { open, records } = serviceOf(plan);
afterAll(() => closePlan(plan));

const path = '/envoy.service.ext_proc.v3.ExternalProcessor/Process';

/** A message as it is transmitted. */
function framed(message: Uint8Array, flags = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

const head = encodeRequest(requestHeaders(), 'streamed');
const whole = [
  framed(head),
  framed(encodeRequest(chunkOf('request', 'hello', true))),
  framed(encodeRequest(responseHeaders())),
  framed(encodeRequest(chunkOf('response', 'world', true))),
];

describe.each(transports)('a stream of $name', ({ create }) => {
  let server: Transport;
  let session: ClientHttp2Session;

  beforeAll(async () => {
    server = create(open, limits);
    session = connect(`http://${await server.listen('127.0.0.1:0')}`);
  });
  afterAll(async () => {
    session.destroy();
    await server.close({ drainMs: 100 });
  });

  /** The status of a stream that sends these bytes and then nothing more; and how many bytes were returned. */
  function statusOf(parts: readonly Buffer[], more: Readonly<Record<string, string>> = {}) {
    return new Promise<{ readonly code: number; readonly bytes: number }>((resolve, reject) => {
      const { HTTP2_HEADER_METHOD, HTTP2_HEADER_PATH } = constants;
      const head = { [HTTP2_HEADER_METHOD]: 'POST', [HTTP2_HEADER_PATH]: path, te: 'trailers' };
      const stream = session.request({ ...head, 'content-type': 'application/grpc', ...more });
      let bytes = 0;
      const take = (headers: Readonly<Record<string, unknown>>): void => {
        if (headers['grpc-status'] !== undefined) resolve({ code: Number(headers['grpc-status']), bytes });
      };
      stream.on('response', take);
      stream.on('trailers', take);
      stream.on('data', (part: Buffer) => {
        bytes += part.length;
      });
      stream.once('error', reject);
      for (const part of parts) stream.write(part);
      stream.end();
    });
  }

  it('ends with OK when all of its messages are complete, however their bytes are cut', async () => {
    const all = Buffer.concat(whole);
    const answers = await statusOf(whole);
    expect(answers.code).toStrictEqual(status.OK);
    for (const size of [1, 3, 7, 64]) {
      const parts = Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
        all.subarray(index * size, (index + 1) * size),
      );
      expect(await statusOf(parts), `in parts of ${size} bytes`).toStrictEqual(answers);
    }
    expect(await statusOf([all]), 'all messages at once').toStrictEqual(answers);
  });

  it('blocks an attack in messages that arrive all at once', async () => {
    const before = records.length;
    await statusOf([Buffer.concat([framed(head), framed(encodeRequest(chunkOf('request', 'an attack', true)))])]);
    expect(records[before]?.report.verdict).toBe('block');
    const leak = [...whole.slice(0, 3), framed(encodeRequest(chunkOf('response', 'a leak', true)))];
    await statusOf([Buffer.concat(leak)]);
    expect(records[before + 1]?.report.verdict).toBe('block');
  });

  it('never ends with OK when it ends in the middle of a message, wherever it is cut', async () => {
    const message = framed(head);
    for (let length = 1; length < message.length; length += 1) {
      const { code } = await statusOf([message.subarray(0, length)]);
      expect(code, `cut after ${length} bytes`).toBe(status.INVALID_ARGUMENT);
      const { code: later } = await statusOf([message, whole[1] as Buffer, message.subarray(0, length)]);
      expect(later, `the third message cut after ${length} bytes`).toBe(status.INVALID_ARGUMENT);
    }
  });

  it('never ends with OK when it has no message', async () => {
    expect((await statusOf([])).code).toBe(status.INVALID_ARGUMENT);
  });

  it('is rejected for flags that no message may have', async () => {
    for (const flags of [1, 2, 7, 128, 255]) {
      expect(await statusOf([framed(head, flags)]), `flags ${flags}`).toStrictEqual({
        code: status.INVALID_ARGUMENT,
        bytes: 0,
      });
      const { code } = await statusOf([framed(head), framed(head, flags)]);
      expect(code, `flags ${flags} of the second message`).toBe(status.INVALID_ARGUMENT);
    }
    expect((await statusOf([framed(head, 1)], { 'grpc-encoding': 'gzip' })).code).toBe(status.UNIMPLEMENTED);
  });
});

describe('guardFraming', () => {
  it('rejects a call without the decoder that it reads', () => {
    expect(() => guardFraming({} as Parameters<typeof guardFraming>[0], () => undefined)).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
  });
});
