// The interface between gRPC and the protocol: streams of whole messages, as bytes. The library below (nghttp2 in our addon, or
// grpc-js) can be exchanged without changing anything above. Knows no message.

import type { StreamMetadata } from '../profile/profile.ts';
import type { SocketAccess } from './socket-access.ts';

/**
 * Why a stream is ended with an error. None of them means OK: for Envoy an OK end means "continue without me".
 * - `malformed`, `out-of-order`: the peer broke the protocol.
 * - `deadline`: a reply was overdue.
 * - `abandoned`: the peer left the stream open after its last reply.
 * - `internal`: an error in Weir.
 */
export type StreamFailure = 'malformed' | 'out-of-order' | 'deadline' | 'abandoned' | 'internal';

/** Our side of one open stream. After `end` or `fail`, or when the peer is gone, no call has an effect. */
export interface ReplyStream {
  /** Sends one message. The bytes are borrowed until the call returns. */
  reply(message: Uint8Array): void;
  /**
   * Says that the bytes of a received message are no longer needed. Their memory may be freed at once, without a garbage
   * collection: from then on the array is empty.
   */
  done(message: Uint8Array): void;
  /** Ends the stream with status OK: every message was answered. */
  end(): void;
  /** Ends the stream with an error. `message` must be fit for the proxy's log. */
  fail(failure: StreamFailure, message: string): void;
}

/** The events of one open stream, in order, one call at a time: the next one after the last one's promise has settled. */
export interface StreamHandler {
  /** One whole message. The bytes are ours until the stream's end, or `done`; nobody writes to them. */
  message(bytes: Uint8Array): void | Promise<void>;
  /** The peer will send nothing more. */
  halfClose(): void | Promise<void>;
  /** The stream is gone, whichever side ended it. Called once, last, for every stream; also while a promise is pending. */
  close(wasCancelled: boolean): void;
}

/** Called for each new stream, with the metadata that the proxy opened it with. */
export type OpenStream = (replies: ReplyStream, metadata: StreamMetadata) => StreamHandler;

/** How long the parts of a shutdown may take, in milliseconds. */
export interface DrainTimes {
  /** Default 0. */
  readonly noticeMs?: number;
  readonly drainMs: number;
}

/** A server of such streams. */
export interface Transport {
  /** Number of streams that we ended with an error, by cause. */
  readonly failures: Readonly<Record<StreamFailure, number>>;
  /**
   * Starts to listen. Returns the address as it was given, with port 0 replaced by the chosen port.
   * @param access who may connect to a Unix socket.
   */
  listen(address: string, access?: SocketAccess): Promise<string>;
  /** Sets what health checks (grpc.health.v1) report. After `close` it is always NOT_SERVING. */
  setServing(isServing: boolean): void;
  /**
   * Reports NOT_SERVING and continues for `noticeMs`, or until nobody is connected, so that health checks can choose another
   * server. Then tells its peers to open no more streams (GOAWAY), accepts no new connections, waits for streams to end, and
   * terminates those left after `drainMs`. Idempotent.
   */
  close(times: DrainTimes): Promise<void>;
}
