import { once } from 'node:events';
import { connect, constants, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { quietReset } from '../../src/ext-proc/quiet-reset.ts';

/** The error that a server's stream ends with when its client resets it with this code; without a code the client waits. */
async function errorOf(
  code: number | undefined,
  prepare: (stream: ServerHttp2Stream) => void,
): Promise<Error | undefined> {
  const server = createServer();
  const closed = new Promise<Error | undefined>((resolve) => {
    server.on('stream', (stream) => {
      let error: Error | undefined;
      prepare(stream);
      stream.on('error', (one) => {
        error = one;
      });
      stream.on('close', () => resolve(error));
      stream.respond();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const request = client.request({ ':method': 'POST' });
  request.on('error', () => undefined);
  if (code !== undefined) request.on('response', () => request.close(code));
  const error = await closed;
  client.destroy();
  server.close();
  return error;
}

describe('quietReset', () => {
  const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_CANCEL } = constants;
  const isFrame = /^ {4}at /m;

  it('leaves the error of a reset its code and message, and no trace', async () => {
    const limit = Error.stackTraceLimit;
    const loud = await errorOf(NGHTTP2_INTERNAL_ERROR, () => undefined);
    const quiet = await errorOf(NGHTTP2_INTERNAL_ERROR, quietReset);
    expect.assert(loud !== undefined && quiet !== undefined);
    expect([quiet.message, (quiet as NodeJS.ErrnoException).code]).toStrictEqual([
      loud.message,
      (loud as NodeJS.ErrnoException).code,
    ]);
    expect([isFrame.test(loud.stack ?? ''), isFrame.test(quiet.stack ?? '')]).toStrictEqual([true, false]);
    expect(Error.stackTraceLimit).toBe(limit);
  });

  it('changes nothing if Node creates no error, and passes on a given one', async () => {
    expect(await errorOf(NGHTTP2_CANCEL, quietReset)).toBe(undefined);
    const given = new Error('ours');
    const destroyed = await errorOf(undefined, (stream) => {
      quietReset(stream);
      setImmediate(() => stream.destroy(given));
    });
    expect(destroyed).toBe(given);
    expect(isFrame.test(given.stack ?? '')).toBe(true);
  });
});
