// Writes Protocol Buffers wire format for tests.

/** An unsigned number below 2^53 as a varint. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80) {
    bytes.push((left % 0x80) | 0x80);
    left = Math.floor(left / 0x80);
  }
  return Buffer.from([...bytes, left]);
}

/** A length-delimited field. */
export function lengthField(number: number, value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

/** A varint field. */
export function numberField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

/** A gRPC frame. */
export function frame(message: Uint8Array, flags = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flags;
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** A string inside `depth` messages, each the first field of the one around it. */
export function nestedFields(depth: number, value: string): Buffer {
  const heads: Buffer[] = [];
  let length = Buffer.byteLength(value);
  for (let level = 0; level < depth; level += 1) {
    const head = Buffer.concat([Buffer.from([0x0a]), varint(length)]);
    heads.push(head);
    length += head.length;
  }
  return Buffer.concat([...heads.reverse(), Buffer.from(value)]);
}
