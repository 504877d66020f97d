// A gRPC peer that reads nothing, not even from its socket, which no HTTP/2 client library can do.

import { connect, type Socket } from 'node:net';
import { frame, headerBlock, preface } from './http2-frames.ts';

/** Opens a stream with one empty message, and windows so large that only the socket holds replies back. */
export function silentPeer(port: number, path: string): Socket {
  const largestWindow = Buffer.from([0x7f, 0xff, 0xff, 0xff]);
  const moreWindow = Buffer.from([0x7f, 0xff, 0x00, 0x00]);
  const headers = {
    ':method': 'POST',
    ':scheme': 'http',
    ':path': path,
    ':authority': 'x',
    'content-type': 'application/grpc',
    te: 'trailers',
  };
  const endHeaders = 4;
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.write(preface);
  socket.write(frame('settings', {}, Buffer.concat([Buffer.from([0, 4]), largestWindow])));
  socket.write(frame('windowUpdate', {}, moreWindow));
  socket.write(frame('headers', { stream: 1, flags: endHeaders }, headerBlock(headers)));
  socket.write(frame('data', { stream: 1 }, Buffer.alloc(5)));
  return socket;
}
