// HTTP/2 frames written and read by hand (RFC 9113, RFC 7541), for cases that no client library can send.

/** Frames that tests send, by their type. */
export const frameTypes = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
  /** An unknown type: receivers ignore it, and no window limits it. */
  unknown: 0x55,
} as const;

/** The connection preface of a client. */
export const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** One frame. */
export function frame(type: keyof typeof frameTypes, { stream = 0, flags = 0 }, body: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head.writeUInt8(frameTypes[type], 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** A header as a literal without Huffman coding; name and value are shorter than 127 bytes. */
const literal = (name: string, value: string): Buffer =>
  Buffer.from(`\0${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`, 'latin1');

/** A block of headers. */
export function headerBlock(headers: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(Object.entries(headers).map(([name, value]) => literal(name, value)));
}

/** The complete frames in a connection's bytes: type, stream and contents. */
export function framesOf(bytes: Buffer): { readonly type: number; readonly stream: number; readonly body: Buffer }[] {
  const frames = [];
  for (let at = 0; at + 9 <= bytes.length; ) {
    const length = bytes.readUIntBE(at, 3);
    if (at + 9 + length > bytes.length) break;
    const stream = bytes.readUInt32BE(at + 5) & 0x7fffffff;
    frames.push({ type: bytes.readUInt8(at + 3), stream, body: bytes.subarray(at + 9, at + 9 + length) });
    at += 9 + length;
  }
  return frames;
}
