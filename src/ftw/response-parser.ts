// One HTTP/1 response in memory → status, headers, body and trailers, or the reason why a client refuses it (RFC 9112).
// Knows no rules.

import { toByteString } from '../base/bytes.ts';
import type { HeaderList } from '../http/headers.ts';
import { allValues } from '../http/headers.ts';
import { BodyFault, readBody } from './http-body.ts';
import { endOfHead, Refusal, type RefusedRequest, readFields, readFraming } from './http-parser.ts';

/** A response that a client accepts. */
export interface ParsedResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly protocol: string;
  /** Names in lower case, values without surrounding blanks. */
  readonly headers: HeaderList;
  /** Without transfer coding; without a length, everything after the head (RFC 9112 §6.3). */
  readonly body: Uint8Array;
  readonly trailers: HeaderList;
}

/** Why a response is refused. */
export type RefusedResponse = Pick<RefusedRequest, 'kind' | 'reason'>;

/** Reads the response in `bytes`. Never throws, whatever the bytes. */
export function parseResponse(bytes: Uint8Array): ParsedResponse | RefusedResponse {
  try {
    return readResponse(bytes);
  } catch (thrown) {
    if (thrown instanceof Refusal || thrown instanceof BodyFault) return { kind: 'refused', reason: thrown.message };
    throw thrown;
  }
}

function readResponse(bytes: Uint8Array): ParsedResponse {
  const text = toByteString(bytes);
  const { headEnd, bodyStart } = endOfHead(text);
  const [statusLine = '', ...lines] = text
    .slice(0, headEnd)
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  const [, protocol, status] = /^(HTTP\/[0-9]\.[0-9]) ([1-5][0-9]{2})(?: .*)?$/s.exec(statusLine) ?? [];
  if (protocol === undefined) throw new Refusal('the status line does not have version and status (RFC 9112 §4)');
  const headers = readFields(lines);
  const isFramed = ['transfer-encoding', 'content-length'].some((name) => allValues(headers, name).length > 0);
  const rest = bytes.subarray(bodyStart);
  if (!isFramed) return { kind: 'response', status: Number(status), protocol, headers, body: rest, trailers: [] };
  const content = readBody(rest, readFraming(headers));
  const trailers = readFields(content.trailerLines);
  return { kind: 'response', status: Number(status), protocol, headers, body: content.body, trailers };
}
