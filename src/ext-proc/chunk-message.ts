// The chunk of a body in a ProcessingRequest, read off the wire. Knows no other part of a message. Generated code still reads what
// is not of the plain shape that Envoy sends.

import type { Direction } from '../transaction/phase.ts';
import { Wire } from './wire.ts';

/** The chunk of a message. */
export interface ChunkMessage {
  readonly kind: 'chunk';
  readonly direction: Direction;
  /** A view on the message's bytes. */
  readonly chunk: Uint8Array;
  readonly endOfStream: boolean;
  /** Where its other fields begin in the message. */
  readonly end: number;
}

/** Tags of fields: number and wire type. */
const tags = { requestBody: 0x22, responseBody: 0x2a, body: 0x0a, endOfStream: 0x10 } as const;

const empty = new Uint8Array(0);

/**
 * The chunk that a message begins with; undefined when it begins with something else, or has a field twice, in another order, or
 * one that is not known.
 */
export function readChunkMessage(bytes: Uint8Array): ChunkMessage | undefined {
  const tag = bytes[0];
  if (tag !== tags.requestBody && tag !== tags.responseBody) return undefined;
  const wire = new Wire(bytes, 1);
  const end = wire.end(bytes.length);
  if (end === undefined) return undefined;
  const chunk = wire.take(tags.body, end) ? wire.bytes(end) : empty;
  const endOfStream = wire.flag(tags.endOfStream, end);
  if (chunk === undefined || endOfStream === undefined || wire.position !== end) return undefined;
  const direction = tag === tags.requestBody ? 'request' : 'response';
  return { kind: 'chunk', direction, chunk, endOfStream, end };
}
