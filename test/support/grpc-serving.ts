// A transport on real sockets, for tests of its parts.

import type { ClientHttp2Session } from 'node:http2';
import type { status } from '@grpc/grpc-js';
import { expect } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import type { OpenStream } from '../../src/ext-proc/transport.ts';
import { GrpcPeer, requestHeaders } from './ext-proc.ts';
import type { NamedTransport } from './transports.ts';

/** What to serve, how and where. */
export interface ServingOptions {
  readonly transport: NamedTransport;
  readonly handler: OpenStream;
  readonly overrides?: Readonly<Record<string, number>>;
  readonly listen?: string;
}

/** Runs `use` on a server and stops it afterwards. */
export async function serving(
  use: (address: string) => Promise<void>,
  { transport: { create }, handler, overrides = {}, listen = '127.0.0.1:0' }: ServingOptions,
): Promise<void> {
  const transport = create(handler, limitsWith(overrides));
  try {
    await use(await transport.listen(listen));
  } finally {
    await transport.close({ drainMs: 500 });
  }
}

/** Makes one exchange without a body. Returns how its stream ended. */
export async function exchange(address: string): Promise<status> {
  const peer = new GrpcPeer(address);
  try {
    const stream = peer.open();
    stream.send(requestHeaders({}, true), 'streamed');
    const [first] = await stream.answers(1);
    expect(first?.response?.$case).toBe('requestHeaders');
    stream.call.end();
    return (await stream.status).code;
  } finally {
    peer.close();
  }
}

/** The path of the only method. */
export const processPath = '/envoy.service.ext_proc.v3.ExternalProcessor/Process';

/** A message as it is transmitted. */
export function frameOf(message: Buffer, isCompressed = false): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(isCompressed ? 1 : 0, 0);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** One stream on a session, which we reset after the first reply, as Envoy does. Returns what went wrong, or undefined. */
export function exchangeAndReset(session: ClientHttp2Session, message: Buffer): Promise<string | undefined> {
  return new Promise((resolve) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': processPath,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', (error) => resolve(error.message));
    stream.once('data', () => {
      stream.close(8);
      resolve(undefined);
    });
    stream.once('close', () => resolve(`closed with ${stream.rstCode} before an answer`));
    stream.write(message);
  });
}
