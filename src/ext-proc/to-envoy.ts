// A step → ProcessingResponse bytes. Replies that never change are encoded once. Knows no rule and no hold.

import type { Direction } from '../transaction/phase.ts';
import type { Report } from '../transaction/report.ts';
import { acceptsJson, blockPage } from './block-page.ts';
import type { ChunkAnswer } from './body-mode.ts';
import { echoBytesMax, encodeEcho } from './echo.ts';
import { ProcessingResponse } from './gen/envoy/service/ext_proc/v3/external_processor.ts';
import { encodeMetadata, metadataFields } from './metadata.ts';

/**
 * The pending reply to one message, encoded when it is sent: `bytes` at once; `echo` returns the chunk itself, which it keeps
 * alive until then together with its message.
 */
export type PendingReply = { readonly kind: 'bytes'; readonly bytes: Uint8Array } | EchoReply;

/** A reply that returns the chunk. */
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

/** "Continue", for each part. An empty HeadersResponse or BodyResponse means CONTINUE without changes. */
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

/** The pending reply to a head or to trailers. */
export function headReply(direction: Direction, part: 'head' | 'trailers'): PendingReply {
  return goOn[direction][part];
}

/** A chunk, and how its body mode requires it to be answered. */
export interface OwedChunk {
  readonly direction: Direction;
  readonly answer: ChunkAnswer;
  readonly chunk: Uint8Array;
  readonly endOfStream: boolean;
  /** The message that contains the chunk. */
  readonly message: Uint8Array;
}

/** The pending reply to a chunk. An echoed chunk is borrowed until the reply has been sent. */
export function chunkReply({ direction, answer, chunk, endOfStream, message }: OwedChunk): PendingReply {
  return answer === 'continue' ? goOn[direction].chunk : { kind: 'echo', direction, chunk, endOfStream, message };
}

/** Sends a pending reply's messages, in order; `report` is added to the last one. */
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
 * The ImmediateResponse of a block: status, a small page with the request id and nothing else, and `details` for Envoy's access
 * log (no blanks: Envoy would replace them). Once the response's head has been sent, Envoy resets the exchange instead. Envoy
 * turns a status below 200 into 200, so such a status is sent as 403; rules with one do not load.
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
