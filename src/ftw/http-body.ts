// The body of an HTTP/1 message in memory: by length, or chunked (RFC 9112 §6, §7.1). Knows no heads.

import { toByteString } from '../base/bytes.ts';

/** A body with invalid framing. The message is for people. */
export class BodyFault extends Error {}

/** A body without its framing. */
export interface FramedBody {
  readonly body: Uint8Array;
  /** Field lines after the last chunk. */
  readonly trailerLines: readonly string[];
}

/**
 * The body at the start of `bytes`: the first `framing` of them (a view; fewer if fewer arrived, as when a client disconnects),
 * or the content of the chunks (a copy).
 * @throws BodyFault for chunks that are malformed or do not end.
 */
export function readBody(bytes: Uint8Array, framing: 'chunked' | number): FramedBody {
  if (framing !== 'chunked') return { body: bytes.subarray(0, framing), trailerLines: [] };
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (;;) {
    const sizeLine = lineAt(bytes, offset);
    const size = /^([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?$/.exec(sizeLine.text)?.[1];
    if (size === undefined) throw new BodyFault('a chunk size is malformed (RFC 9112 §7.1)');
    offset = sizeLine.next;
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    pieces.push(bytes.subarray(offset, offset + length));
    offset += length;
    const end = lineAt(bytes, offset);
    if (end.text !== '') throw new BodyFault('a chunk is longer than its size (RFC 9112 §7.1)');
    offset = end.next;
  }
  return { body: Buffer.concat(pieces), trailerLines: trailersAt(bytes, offset) };
}

function trailersAt(bytes: Uint8Array, start: number): readonly string[] {
  const lines: string[] = [];
  for (let line = lineAt(bytes, start); line.text !== ''; line = lineAt(bytes, line.next)) lines.push(line.text);
  return lines;
}

/** The line at `offset`, without its end, and where the next one starts. */
function lineAt(bytes: Uint8Array, offset: number): { readonly text: string; readonly next: number } {
  const end = bytes.indexOf(0x0a, offset);
  if (end < 0) throw new BodyFault('the chunked body does not end (RFC 9112 §7.1)');
  return { text: toByteString(bytes, offset, end).replace(/\r$/, ''), next: end + 1 };
}
