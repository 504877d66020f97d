// What is specific to grpc-js; what holds for every transport is in transport.test.ts.

import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { createGrpcTransport } from '../../src/ext-proc/grpc-server.ts';
import { GrpcPeer, requestHeaders } from '../support/ext-proc.ts';

describe('createGrpcTransport', () => {
  it('hands a stream the very buffers that grpc-js made of its messages', async () => {
    const messages: Uint8Array[] = [];
    const transport = createGrpcTransport(
      (replies) => ({
        message: (bytes) => void messages.push(bytes),
        halfClose: () => replies.end(),
        close: () => undefined,
      }),
      limits,
    );
    const peer = new GrpcPeer(await transport.listen('127.0.0.1:0'));
    const stream = peer.open();
    stream.send(requestHeaders(), 'streamed');
    stream.call.end();
    expect((await stream.status).code).toBe(status.OK);
    expect(messages.map((message) => Buffer.isBuffer(message))).toStrictEqual([true]);
    peer.close();
    await transport.close({ drainMs: 100 });
  });
});
