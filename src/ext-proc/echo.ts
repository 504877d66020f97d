// Chunks returned in FULL_DUPLEX_STREAMED mode, where our reply is what is passed on. Written by hand, because a generated
// encoder copies the chunk once for each of the five enclosing messages.

import type { Direction } from '../transaction/phase.ts';

/** Longest part of a chunk in one reply; Google's proxies refuse messages above 64 KiB. */
export const echoBytesMax = 62_000;

/** Bytes that the enclosing messages add to a part at most: five tags and lengths, and the end flag. */
const frameBytesMax = 5 * 6 + 2;

/** Tags of length-delimited fields: number × 8 + 2. `request_body` is field 3 of ProcessingResponse, `response_body` 4. */
const bodyTag: Readonly<Record<Direction, number>> = { request: 0x1a, response: 0x22 };
const responseTag = 0x0a;
const bodyMutationTag = 0x1a;
const streamedResponseTag = 0x1a;
const bytesTag = 0x0a;
const endOfStreamTag = 0x10;

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest >>>= 7) bytes += 1;
  return bytes;
}

/** Offset after a tag and a length written at `offset`. */
function writeHead(target: Buffer, offset: number, [tag, length]: readonly [number, number]): number {
  target[offset] = tag;
  let at = offset + 1;
  let rest = length;
  for (; rest >= 0x80; rest >>>= 7) {
    target[at] = (rest & 0x7f) | 0x80;
    at += 1;
  }
  target[at] = rest;
  return at + 1;
}

/**
 * A BodyResponse with `body_mutation.streamed_response`: `part` is passed on, and `endOfStream` says that it is the last. Copies
 * `part` once. `part` has at most 2^28 bytes.
 */
export function encodeEcho(direction: Direction, part: Uint8Array, endOfStream: boolean): Buffer {
  const bytesField = part.length === 0 ? 0 : 1 + varintBytes(part.length) + part.length;
  const streamed = bytesField + (endOfStream ? 2 : 0);
  const mutation = 1 + varintBytes(streamed) + streamed;
  const common = 1 + varintBytes(mutation) + mutation;
  const body = 1 + varintBytes(common) + common;
  const target = Buffer.allocUnsafe(part.length + frameBytesMax);
  let offset = writeHead(target, 0, [bodyTag[direction], body]);
  offset = writeHead(target, offset, [responseTag, common]);
  offset = writeHead(target, offset, [bodyMutationTag, mutation]);
  offset = writeHead(target, offset, [streamedResponseTag, streamed]);
  if (part.length > 0) {
    offset = writeHead(target, offset, [bytesTag, part.length]);
    target.set(part, offset);
    offset += part.length;
  }
  if (endOfStream) {
    target[offset] = endOfStreamTag;
    target[offset + 1] = 1;
    offset += 2;
  }
  return target.subarray(0, offset);
}
