// A gRPC peer that reads nothing, not even from its socket, which no HTTP/2 client library does. So its frames are written by
// hand (RFC 9113, RFC 7541).

import { connect, type Socket } from 'node:net';

const frameTypes = { data: 0, headers: 1, settings: 4, windowUpdate: 8 } as const;

function frame(type: keyof typeof frameTypes, { stream = 0, flags = 0 }, body: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head.writeUInt8(frameTypes[type], 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** A header as a literal without Huffman code; its parts are shorter than 127 bytes. */
const literal = (name: string, value: string): Buffer =>
  Buffer.from(`\0${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`, 'latin1');

/** Opens a stream with one empty message, and windows so large that nothing but the socket holds answers back. */
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
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(frame('settings', {}, Buffer.concat([Buffer.from([0, 4]), largestWindow])));
  socket.write(frame('windowUpdate', {}, moreWindow));
  const block = Buffer.concat(Object.entries(headers).map(([name, value]) => literal(name, value)));
  socket.write(frame('headers', { stream: 1, flags: endHeaders }, block));
  socket.write(frame('data', { stream: 1 }, Buffer.alloc(5)));
  return socket;
}
