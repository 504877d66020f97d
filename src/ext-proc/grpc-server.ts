// The transport on grpc-js: TCP and Unix sockets, health service, back-pressure. Knows streams of bytes, no message.

import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  logVerbosity,
  type Metadata,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServiceDefinition,
  setLogVerbosity,
  status,
} from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { WafError } from '../base/errors.ts';
import type { Limits } from '../base/limits.ts';
import { listenProblem } from '../base/listen-problem.ts';
import { ChunkGarbage } from './chunk-garbage.ts';
import { EmptyStreams } from './empty-streams.ts';
import { type Framing, guardFraming } from './framing-guard.ts';
import { bindSocket, noFailures, processPath, serviceName, statusOf, untilDisconnected } from './grpc-service.ts';
import { createGrpcTls, type GrpcTls } from './grpc-tls.ts';
import { formatListenAddress, parseListenAddress } from './listen-address.ts';
import type { ListenerTls } from './listener-tls.ts';
import { quietReset } from './quiet-reset.ts';
import { checkNodeVersion, setResetLimits } from './reset-guard.ts';
import type { SocketAccess } from './socket-access.ts';
import type { DrainTimes, OpenStream, ReplyStream, StreamFailure, StreamHandler, Transport } from './transport.ts';
import { UnfinishedMessage } from './unfinished-message.ts';

// Standard error contains JSON lines only; what grpc-js would log also arrives as errors.
setLogVerbosity(logVerbosity.NONE);

/** How long terminated connections may take to close. */
const cutMsMax = 500;

const asIs = (bytes: Buffer): Buffer => bytes;

/** Messages are decoded and encoded above the transport, where most need no decoding: here they stay bytes. */
const service: ServiceDefinition = {
  process: {
    path: processPath,
    requestStream: true,
    responseStream: true,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  },
};

/**
 * Serves `open`'s streams by gRPC.
 * @param tls for TCP addresses; absent: they are plain text, as Unix sockets always are.
 * @throws WafError `config.invalid` on a Node whose HTTP/2 server would fail under load.
 */
export function createGrpcTransport(open: OpenStream, limits: Limits, tls?: ListenerTls): Transport {
  checkNodeVersion();
  return new GrpcTransport(open, limits, tls);
}

class GrpcTransport implements Transport {
  readonly failures = noFailures();
  readonly #server: Server;
  readonly #health = new HealthImplementation({ '': 'SERVING', [serviceName]: 'SERVING' });
  readonly #tls: GrpcTls | undefined;
  readonly #bound: string[] = [];
  #closed: Promise<void> | undefined;

  constructor(open: OpenStream, limits: Limits, tls: ListenerTls | undefined) {
    this.#tls = tls === undefined ? undefined : createGrpcTls(tls, limits.tlsHandshakeMsMax);
    const garbage = new ChunkGarbage(limits);
    const context: CallContext = {
      open,
      garbage,
      emptyStreams: new EmptyStreams(limits),
      limits,
      failures: this.failures,
    };
    this.#server = new Server({
      'grpc.max_receive_message_length': limits.receiveMessageBytesMax,
      'grpc.max_concurrent_streams': limits.concurrentStreamsMax,
      'grpc.keepalive_time_ms': limits.peerSilenceMsMax,
      'grpc.enable_channelz': 0,
      // Our streams are taken over here, before grpc-js wraps them in stream objects that are not needed: that halves the cost.
      interceptors: [
        (method, call) =>
          method.path === processPath
            ? new ServerInterceptingCall(call, { start: () => serveCall(call, context) })
            : new ServerInterceptingCall(call),
      ],
    });
    setResetLimits(this.#server, { burst: limits.streamResetBurst, rate: limits.streamResetRate });
    this.#server.addService(service, {
      process: () => {
        throw new WafError('internal', 'a stream went past its interceptor');
      },
    });
    this.#health.addToServer(this.#server);
  }

  async listen(text: string, access: SocketAccess = {}): Promise<string> {
    const address = parseListenAddress(text);
    if (address.kind === 'unix') {
      await bindSocket(address.path, access, async () => {
        await this.#bind(`unix:${address.path}`);
        this.#listensOn(formatListenAddress(address));
      });
      return formatListenAddress(address);
    }
    return this.#listensOn(formatListenAddress({ ...address, port: await this.#bind(formatListenAddress(address)) }));
  }

  setServing(isServing: boolean): void {
    if (this.#closed === undefined) this.#setHealth(isServing ? 'SERVING' : 'NOT_SERVING');
  }

  close(times: DrainTimes): Promise<void> {
    this.#closed ??= this.#shutDown(times);
    return this.#closed;
  }

  async #shutDown({ noticeMs = 0, drainMs }: DrainTimes): Promise<void> {
    this.#setHealth('NOT_SERVING');
    this.#tls?.end();
    await untilDisconnected(() => connectionsOf(this.#server), noticeMs);
    // Of the two methods of grpc-js, only drain closes remaining connections when channelz is off.
    for (const address of this.#bound) this.#server.drain(address, drainMs);
    const ended = new Promise<void>((resolve) => {
      this.#server.tryShutdown(() => resolve());
    });
    // A peer that reads nothing can keep its socket from closing; do not wait for that.
    await Promise.race([ended, sleep(drainMs + cutMsMax, undefined, { ref: false })]);
  }

  #setHealth(health: 'SERVING' | 'NOT_SERVING'): void {
    for (const name of ['', serviceName]) this.#health.setStatus(name, health);
  }

  #listensOn(address: string): string {
    this.#bound.push(address);
    return address;
  }

  #bind(address: string): Promise<number> {
    const isPlain = this.#tls === undefined || address.startsWith('unix:');
    const credentials = isPlain ? ServerCredentials.createInsecure() : this.#tls.credentials;
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(address, credentials, (cause, port) => {
        if (cause !== null) {
          const problem = listenProblem(address, cause);
          reject(new WafError('config.invalid', `cannot listen on ${address}: ${problem}`, { cause }));
          return;
        }
        this.#tls?.watch(this.#server);
        resolve(port);
      });
    });
  }
}

type ServerListener = Parameters<ServerInterceptingCallInterface['start']>[0];

/**
 * Number of connections of a grpc-js server, from a private field. 0 when a later version has no such field: then nothing waits
 * for them.
 */
function connectionsOf(server: Server): number {
  const { http2Servers } = server as unknown as { readonly http2Servers?: Map<unknown, { sessions?: Set<unknown> }> };
  return [...(http2Servers?.values() ?? [])].reduce((sum, { sessions }) => sum + (sessions?.size ?? 0), 0);
}

/** What all calls of a server share. */
interface CallContext {
  readonly open: OpenStream;
  readonly garbage: ChunkGarbage;
  readonly emptyStreams: EmptyStreams;
  readonly limits: Limits;
  readonly failures: Record<StreamFailure, number>;
}

/** Takes over a call: from here on its messages go to a handler of `open`. */
function serveCall(call: ServerInterceptingCallInterface, context: CallContext): void {
  if (isCompressed(call)) {
    // Envoy never compresses; a compressed message of another client would cost us more than its size suggests.
    call.start({ onReceiveMetadata() {}, onReceiveMessage() {}, onReceiveHalfClose() {}, onCancel() {} });
    call.sendStatus({ code: status.UNIMPLEMENTED, details: 'compressed messages are not accepted', metadata: null });
    return;
  }
  call.start(new CallListener(call, context));
}

/** grpc-js removes `grpc-encoding` from the metadata it exposes; the parsed value is in this field. */
function isCompressed(call: ServerInterceptingCallInterface): boolean {
  const { incomingEncoding = 'identity' } = call as { readonly incomingEncoding?: unknown };
  return incomingEncoding !== 'identity';
}

/** The HTTP/2 stream of a call, from a private field of grpc-js. */
function streamOf(call: ServerInterceptingCallInterface): ServerHttp2Stream | undefined {
  return (call as { readonly stream?: ServerHttp2Stream }).stream;
}

/**
 * One call. The next message is requested only when the last one was handled and at most `unsentBytesMax` bytes of replies are
 * unsent: so a slow scan, or a proxy that does not read, slows the sender down through HTTP/2 flow control.
 */
class CallListener implements ServerListener, ReplyStream {
  readonly #call: ServerInterceptingCallInterface;
  readonly #context: CallContext;
  readonly #framing: Framing;
  readonly #unfinished: UnfinishedMessage;
  readonly #stream: ServerHttp2Stream | undefined;
  /** Read at the beginning: a stream that is gone no longer has it. */
  readonly #session: Http2Session | undefined;
  #handler: StreamHandler | undefined;
  #unsentBytes = 0;
  #isHandling = false;
  #hasEnded = false;

  constructor(call: ServerInterceptingCallInterface, context: CallContext) {
    this.#call = call;
    this.#context = context;
    this.#stream = streamOf(call);
    this.#session = this.#stream?.session;
    if (this.#stream !== undefined) quietReset(this.#stream);
    this.#unfinished = new UnfinishedMessage(context.limits);
    this.#framing = guardFraming(
      call,
      (sentence) => this.fail('malformed', sentence),
      () => this.#count(),
    );
  }

  onReceiveMetadata(metadata: Metadata): void {
    this.#handle(() => {
      this.#handler = this.#context.open(this, {
        get: (name) => {
          const [value] = metadata.get(name);
          return typeof value === 'string' ? value : undefined;
        },
      });
    });
  }

  onReceiveMessage(message: Buffer): void {
    this.#context.garbage.received(message.length);
    this.#handle(() => this.#handler?.message(message));
  }

  /** The memory belongs to grpc-js. */
  done(): void {}

  onReceiveHalfClose(): void {
    if (!this.#framing.isBetweenMessages) {
      this.fail('malformed', 'the stream ended in the middle of a message');
      return;
    }
    this.#handle(() => this.#handler?.halfClose());
  }

  /** Called for every call, also after a regular end. */
  onCancel(): void {
    const wasCancelled = !this.#hasEnded;
    this.#hasEnded = true;
    this.#unfinished.holds(0);
    const handler = this.#handler;
    this.#handler = undefined;
    handler?.close(wasCancelled);
    if (this.#stream?.readableDidRead === false) this.#context.emptyStreams.ended(this.#session);
  }

  reply(message: Uint8Array): void {
    if (this.#hasEnded) return;
    const bytes = message.length;
    this.#unsentBytes += bytes;
    this.#call.sendMessage(Buffer.from(message.buffer, message.byteOffset, bytes), () => {
      const wasFull = this.#isFull;
      this.#unsentBytes -= bytes;
      if (wasFull && !this.#isFull) this.#readNext();
    });
  }

  end(): void {
    this.#finish(status.OK, '');
  }

  fail(failure: StreamFailure, message: string): void {
    if (!this.#hasEnded) this.#context.failures[failure] += 1;
    this.#finish(statusOf[failure], message);
  }

  /** Counts what is held of a message that has not arrived completely. */
  #count(): void {
    if (this.#hasEnded) return;
    const reason = this.#unfinished.holds(this.#framing.unfinishedBytes);
    if (reason !== undefined) this.#finish(status.RESOURCE_EXHAUSTED, reason);
  }

  get #isFull(): boolean {
    return this.#unsentBytes > this.#context.limits.unsentBytesMax;
  }

  /** Runs one call of the handler; the next one waits for it. What it throws ends the stream with an error. */
  #handle(run: () => void | Promise<void>): void {
    this.#isHandling = true;
    try {
      const pending = run();
      if (pending !== undefined) {
        pending.then(
          () => this.#handled(),
          () => this.#broke(),
        );
        return;
      }
    } catch {
      this.#broke();
    }
    this.#handled();
  }

  #handled(): void {
    this.#isHandling = false;
    this.#readNext();
  }

  #broke(): void {
    this.fail('internal', 'internal error');
    this.#isHandling = false;
  }

  #readNext(): void {
    if (!this.#hasEnded && !this.#isHandling && !this.#isFull) this.#call.startRead();
  }

  #finish(code: status, details: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#unfinished.holds(0);
    this.#framing.drop();
    this.#call.sendStatus({ code, details, metadata: null });
  }
}
