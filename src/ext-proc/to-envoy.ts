// A step → ProcessingResponse bytes. Answers that never change are encoded once. Knows no rule and no hold.

import type { Direction } from '../transaction/phase.ts';
import type { Report } from '../transaction/report.ts';
import { acceptsJson, blockPage } from './block-page.ts';
import type { ChunkAnswer } from './body-mode.ts';
import { echoBytesMax, encodeEcho } from './echo.ts';
import { ProcessingResponse } from './gen/envoy/service/ext_proc/v3/external_processor.ts';
import { encodeMetadata, metadataFields } from './metadata.ts';

/**
 * An answer that is owed for one message. It is encoded when it goes out: `bytes` at once, `echo` gives back the chunk
 * itself, which it keeps alive until then with the message that it lies in.
 */
export type PendingReply = { readonly kind: 'bytes'; readonly bytes: Uint8Array } | EchoReply;

/** An answer that gives the chunk back. */
export interface EchoReply {
  readonly kind: 'echo';
  readonly direction: Direction;
  readonly chunk: Uint8Array;
  readonly endOfStream: boolean;
  readonly message: Uint8Array;
}

type Response = NonNullable<ProcessingResponse['response']>;

function encode(response: Response): Uint8Array {
  return ProcessingResponse.encode({ response, dynamicMetadata: undefined }).finish();
}

/** "Go on", in each place. An empty HeadersResponse or BodyResponse means CONTINUE without changes. */
const goOn = {
  request: {
    head: readyReply({ $case: 'requestHeaders', value: { response: undefined } }),
    chunk: readyReply({ $case: 'requestBody', value: { response: undefined } }),
    trailers: readyReply({ $case: 'requestTrailers', value: { headerMutation: undefined } }),
  },
  response: {
    head: readyReply({ $case: 'responseHeaders', value: { response: undefined } }),
    chunk: readyReply({ $case: 'responseBody', value: { response: undefined } }),
    trailers: readyReply({ $case: 'responseTrailers', value: { headerMutation: undefined } }),
  },
} as const;

function readyReply(response: Response): PendingReply {
  return { kind: 'bytes', bytes: encode(response) };
}

/** The answer owed for a head or for trailers. */
export function headReply(direction: Direction, part: 'head' | 'trailers'): PendingReply {
  return goOn[direction][part];
}

/** A chunk that came, and how its body mode wants it answered. */
export interface OwedChunk {
  readonly direction: Direction;
  readonly answer: ChunkAnswer;
  readonly chunk: Uint8Array;
  readonly endOfStream: boolean;
  /** The message that the chunk lies in. */
  readonly message: Uint8Array;
}

/** The answer owed for a chunk, which is borrowed until the answer has gone out when it is echoed. */
export function chunkReply({ direction, answer, chunk, endOfStream, message }: OwedChunk): PendingReply {
  return answer === 'continue' ? goOn[direction].chunk : { kind: 'echo', direction, chunk, endOfStream, message };
}

/** Sends a pending reply's messages, in order; `report` rides on the last one. */
export function sendReply(
  pendingReply: PendingReply,
  report: Report | undefined,
  send: (message: Uint8Array) => void,
): void {
  if (pendingReply.kind === 'bytes') {
    send(report === undefined ? pendingReply.bytes : Buffer.concat([pendingReply.bytes, encodeMetadata(report)]));
    return;
  }
  const { chunk, direction, endOfStream } = pendingReply;
  let offset = 0;
  do {
    const end = Math.min(offset + echoBytesMax, chunk.length);
    const isLast = end === chunk.length;
    const body = offset === 0 && isLast ? chunk : chunk.subarray(offset, end);
    const message = encodeEcho(direction, body, endOfStream && isLast);
    send(report !== undefined && isLast ? Buffer.concat([message, encodeMetadata(report)]) : message);
    offset = end;
  } while (offset < chunk.length);
}

/** What a block needs to know of the exchange. */
export interface BlockOptions {
  readonly status: number;
  /** Value of the Location header: printable ASCII. */
  readonly location?: string;
  readonly report: Report;
  /** The request's `accept` header; decides the form of the page. */
  readonly accept: string | undefined;
  /** Value of the Retry-After header, in seconds (RFC 9110 §10.2.3); absent: none is sent. */
  readonly retryAfterSeconds?: number;
}

/**
 * The ImmediateResponse of a block: status, a small page with the request id and nothing else, and `details` for Envoy's
 * access log (no blanks: Envoy would replace them). After the response's head is out Envoy resets the exchange instead.
 * A status below 200 would become 200 in Envoy: such a one is sent as 403; rules with one do not load.
 */
export function encodeBlock({ status, location, report, accept, retryAfterSeconds }: BlockOptions): Uint8Array {
  const redirect = location === undefined ? [] : [header('location', location)];
  const retry = retryAfterSeconds === undefined ? [] : [header('retry-after', String(retryAfterSeconds))];
  const page = blockPage(report.requestId, acceptsJson(accept) ? 'json' : 'html');
  return ProcessingResponse.encode({
    response: {
      $case: 'immediateResponse',
      value: {
        status: { code: status >= 200 && status <= 599 ? status : 403 },
        headers: {
          setHeaders: [
            header('content-type', page.contentType),
            header('cache-control', 'no-store'),
            ...redirect,
            ...retry,
          ],
          removeHeaders: [],
        },
        body: page.body,
        grpcStatus: undefined,
        details: detailsOf(report),
      },
    },
    dynamicMetadata: metadataFields(report),
  }).finish();
}

function header(key: string, value: string) {
  // OVERWRITE_IF_EXISTS_OR_ADD
  return { header: { key, value: '', rawValue: Buffer.from(value, 'latin1') }, appendAction: 2 } as const;
}

/** `weir_block{rule_id=942100,phase=2}`, or `weir_block{cause=admission.overload}` when a failure policy decided. */
export function detailsOf({ ruleId, phase, cause }: Report): string {
  return cause === ''
    ? `weir_block{rule_id=${ruleId},phase=${phase}}`
    : `weir_block{cause=${cause.replace(/\s/g, '_')}}`;
}
