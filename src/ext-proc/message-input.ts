// Identifies the input in a message, regardless of its sender: a repeated head is the same input, although its request id, its trace
// and its addresses differ. Knows no exchange.

import { createHash } from 'node:crypto';
import { constants } from '../base/constants.ts';
import { decodeMessage, type MessagePart } from './decode-message.ts';

/** Headers that proxies set for each request, and headers that differ between moments or connections. */
const changing =
  /^(?:x-request-id|x-correlation-id|traceparent|tracestate|b3|x-b3-.*|x-envoy-.*|x-forwarded-.*|forwarded|x-real-ip|via|date|age|cf-ray|.*-trace-(?:id|context))$/;

/** Bytes of the name: enough that no two inputs share it by chance. */
const nameBytes = 16;

/**
 * A name for the input in a message: of heads the pseudo headers and all headers but those that change with each request; of all else its
 * bytes. Only the first `crashMessageBytesMax` bytes are looked at.
 * @param messageBytes length of the whole message, where `bytes` is its beginning.
 */
export function inputOf(bytes: Uint8Array, messageBytes = bytes.length): string {
  const kept = bytes.subarray(0, constants.crashMessageBytesMax);
  const head = headTextOf(kept);
  const hash = createHash('sha256').update(head ?? kept);
  if (head === undefined) hash.update(String(messageBytes));
  return hash.digest('hex').slice(0, 2 * nameBytes);
}

/** A head as text; undefined for a message that is not a head, or not complete. */
function headTextOf(bytes: Uint8Array): string | undefined {
  let part: MessagePart | undefined;
  try {
    ({ part } = decodeMessage(bytes));
  } catch {
    return undefined;
  }
  if (part?.kind !== 'head') return undefined;
  const headers = part.headers.filter(({ name }) => !changing.test(name));
  return JSON.stringify([part.direction, part.endOfStream, headers.map(({ name, value }) => [name, value])]);
}
