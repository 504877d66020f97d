// A scripted peer of Weir's ext_proc service: builds the messages that Envoy would send, and keeps the replies. With `ScriptedStream` it
// calls the service directly, with `GrpcPeer` over a real gRPC connection.

import { type ChannelOptions, Client, type ClientDuplexStream, credentials, type StatusObject } from '@grpc/grpc-js';
import { type Limits, limitsWith } from '../../src/base/limits.ts';
import { defaultFailurePolicy } from '../../src/decision/failure-mode.ts';
import { PersistentCollections } from '../../src/evaluate/persistent-collections.ts';
import { Admission } from '../../src/ext-proc/admission.ts';
import {
  BodySendMode,
  ProcessingRequest,
  ProcessingResponse,
} from '../../src/ext-proc/gen/envoy/service/ext_proc/v3/external_processor.ts';
import { createService, type ServiceOptions } from '../../src/ext-proc/service.ts';
import type { OpenStream, ReplyStream, StreamFailure, StreamHandler } from '../../src/ext-proc/transport.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { PlanHandle } from '../../src/plan/plan-handle.ts';
import type { Profile } from '../../src/profile/profile.ts';
import type { TransactionRecord } from '../../src/transaction/record.ts';
import { planOf } from './exchange.ts';

/** Body modes as tests name them. */
export type Mode = 'none' | 'buffered' | 'buffered-partial' | 'streamed-wait' | 'streamed' | 'full-duplex' | 'unstated';

/** All modes. `unstated`: an Envoy that sends no protocol_config. */
export const modes: readonly Mode[] = [
  'none',
  'buffered',
  'buffered-partial',
  'streamed-wait',
  'streamed',
  'full-duplex',
  'unstated',
];

const sendModes = {
  none: BodySendMode.NONE,
  buffered: BodySendMode.BUFFERED,
  'buffered-partial': BodySendMode.BUFFERED_PARTIAL,
  'streamed-wait': BodySendMode.STREAMED,
  streamed: BodySendMode.STREAMED,
  'full-duplex': BodySendMode.FULL_DUPLEX_STREAMED,
} as const;

type Request = NonNullable<ProcessingRequest['request']>;

/** Kinds of messages, as the protocol names them. */
export type MessageKind = Request['$case'];

/** A plan that denies `attack` in requests and `leak` in response bodies, each in the phase that its rule id names. */
export function attackPlan(): Promise<Plan> {
  return planOf(String.raw`
SecRuleEngine On
SecRequestBodyAccess On
SecResponseBodyAccess On
SecRule REQUEST_URI "@contains early-attack" "id:1,phase:1,deny,status:403,msg:'attack in the target',log"
SecRule ARGS|REQUEST_HEADERS|REQUEST_BODY "@contains attack" "id:2,phase:2,deny,status:403,msg:'attack',log"
SecRule RESPONSE_HEADERS "@contains leak" "id:3,phase:3,deny,status:403,msg:'leak in a header',log"
SecRule RESPONSE_BODY "@contains leak" "id:4,phase:4,deny,status:403,msg:'leak',log"
SecRule REQUEST_HEADERS:x-visitor "@streq unknown" "id:5,phase:1,redirect:'https://login.example/?to=%{REQUEST_HEADERS.x-from}',log"
`);
}

const headerMap = (headers: Readonly<Record<string, string>>) => ({
  headers: Object.entries(headers).map(([key, value]) => ({ key, value: '', rawValue: Buffer.from(value, 'latin1') })),
});

/** The request's pseudo headers and further headers. */
export function requestHeaders(more: Readonly<Record<string, string>> = {}, endOfStream = false): Request {
  const pseudo = { ':method': 'POST', ':path': '/', ':authority': 'example.test', ':scheme': 'http' };
  const headers = headerMap({ ...pseudo, 'content-type': 'text/plain', ...more });
  return { $case: 'requestHeaders', value: { headers, endOfStream } };
}

/** A response's status and further headers. */
export function responseHeaders(more: Readonly<Record<string, string>> = {}, endOfStream = false): Request {
  const headers = headerMap({ ':status': '200', 'content-type': 'text/html', ...more });
  return { $case: 'responseHeaders', value: { headers, endOfStream } };
}

/** A chunk of either direction. */
export function chunkOf(direction: 'request' | 'response', text: string | Uint8Array, endOfStream = false): Request {
  const body = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  const value = { body, endOfStream, endOfStreamWithoutMessage: false, grpcMessageCompressed: false };
  return direction === 'request' ? { $case: 'requestBody', value } : { $case: 'responseBody', value };
}

/** Trailers of either direction. */
export function trailersOf(
  direction: 'request' | 'response',
  trailers: Readonly<Record<string, string>> = {},
): Request {
  const value = { trailers: headerMap(trailers) };
  return direction === 'request' ? { $case: 'requestTrailers', value } : { $case: 'responseTrailers', value };
}

/** A message as bytes; its protocol_config states `mode`, as in Envoy's first message. */
export function encodeRequest(request: Request | undefined, mode: Mode = 'unstated', isObserved = false): Buffer {
  const protocolConfig =
    mode === 'unstated'
      ? undefined
      : {
          requestBodyMode: sendModes[mode],
          responseBodyMode: sendModes[mode],
          sendBodyWithoutWaitingForHeaderResponse: mode === 'streamed',
        };
  const attributes = {
    'envoy.filters.http.ext_proc': { 'source.address': '192.0.2.7:4711', 'request.protocol': 'HTTP/2' },
  };
  const message = { request, attributes, observabilityMode: isObserved, protocolConfig };
  return Buffer.from(ProcessingRequest.encode(message).finish());
}

/** A service with its parts, and what it reported. */
export interface TestService {
  readonly open: OpenStream;
  readonly records: TransactionRecord[];
  readonly limits: Limits;
}

/** A service over a plan, with the failure policy of `weir serve`. */
export function serviceOf(
  plan: Plan,
  overrides: Readonly<Record<string, number>> = {},
  more: (profile: Profile) => Partial<ServiceOptions> = () => ({}),
): TestService {
  const limits = limitsWith(overrides);
  const records: TransactionRecord[] = [];
  const admission = new Admission({ limits, onOverload: () => undefined, onRoom: () => undefined });
  const profile: Profile = {
    name: 'default',
    plans: new PlanHandle(plan),
    limits,
    failurePolicy: defaultFailurePolicy,
    collections: new PersistentCollections(limits),
  };
  const open = createService({
    limits,
    admission,
    selectProfile: () => profile,
    defaultProfile: () => profile,
    onInternalError: () => undefined,
    sinks: { opened: () => undefined, put: (record) => records.push(record) },
    ...more(profile),
  });
  return { open, records, limits };
}

/** A stream without a network: the service's output is in `replies`, `ended` and `failure`. */
export class ScriptedStream implements ReplyStream {
  readonly replies: ProcessingResponse[] = [];
  readonly failures: StreamFailure[] = [];
  endCount = 0;
  /** Number of messages that the service has finished with: reading them later would find other bytes. */
  doneCount = 0;
  readonly #handler: StreamHandler;
  readonly #mode: Mode;
  #isFirst = true;

  constructor(open: OpenStream, mode: Mode, metadata: Readonly<Record<string, string>> = {}) {
    this.#mode = mode;
    this.#handler = open(this, { get: (name) => metadata[name] });
  }

  /** Passes in a message and waits until it has been handled, which does not mean that it has a reply. */
  async send(request: Request | undefined): Promise<void> {
    const bytes = encodeRequest(request, this.#isFirst ? this.#mode : 'unstated');
    this.#isFirst = false;
    await this.#handler.message(bytes);
  }

  async sendBytes(bytes: Uint8Array): Promise<void> {
    await this.#handler.message(bytes);
  }

  async halfClose(): Promise<void> {
    await this.#handler.halfClose();
  }

  /** The stream has closed. */
  close(wasCancelled = false): void {
    this.#handler.close(wasCancelled);
  }

  /** Kinds of the replies so far. */
  get kinds(): string[] {
    return this.replies.map((reply) => reply.response?.$case ?? 'nothing');
  }

  reply(message: Uint8Array): void {
    this.replies.push(ProcessingResponse.decode(Uint8Array.from(message)));
  }

  done(message: Uint8Array): void {
    this.doneCount += 1;
    message.fill(0xaa);
  }

  end(): void {
    this.endCount += 1;
  }

  fail(failure: StreamFailure): void {
    this.failures.push(failure);
  }
}

/** A stream over gRPC. */
export class GrpcStream {
  readonly replies: ProcessingResponse[] = [];
  /** Resolves when the stream has ended in any way. */
  readonly status: Promise<StatusObject>;
  readonly call: ClientDuplexStream<Buffer, Buffer>;
  #waiting: (() => void)[] = [];

  constructor(call: ClientDuplexStream<Buffer, Buffer>) {
    this.call = call;
    this.status = new Promise((resolve) => {
      call.on('status', (status: StatusObject) => {
        resolve(status);
        this.#wake();
      });
    });
    call.on('error', () => {});
    call.on('data', (bytes: Buffer) => {
      this.replies.push(ProcessingResponse.decode(bytes));
      this.#wake();
    });
  }

  send(request: Request, mode: Mode = 'unstated'): void {
    this.call.write(encodeRequest(request, mode));
  }

  /** Waits until there are this many replies, or the stream has ended. */
  async answers(count: number): Promise<readonly ProcessingResponse[]> {
    let hasEnded = false;
    const ended = this.status.then(() => {
      hasEnded = true;
    });
    while (this.replies.length < count && !hasEnded) {
      await Promise.race([ended, new Promise<void>((resolve) => this.#waiting.push(resolve))]);
    }
    return this.replies;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

const path = '/envoy.service.ext_proc.v3.ExternalProcessor/Process';
const asIs = (bytes: Buffer): Buffer => bytes;

/** A gRPC connection to a server of the service. */
export class GrpcPeer {
  readonly client: Client;
  readonly #streams: GrpcStream[] = [];

  constructor(address: string, options: ChannelOptions = {}) {
    this.client = new Client(address, credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
      ...options,
    });
  }

  open(): GrpcStream {
    const stream = new GrpcStream(this.client.makeBidiStreamRequest(path, asIs, asIs));
    this.#streams.push(stream);
    return stream;
  }

  /** Cancels open streams and closes the connection. */
  close(): void {
    for (const stream of this.#streams) stream.call.cancel();
    this.client.close();
  }
}
