// The narrow waist between gRPC and the protocol: streams of whole messages, as bytes. What stands below (nghttp2 in
// our addon, or grpc-js) can be exchanged without touching anything above. Knows no message.

import type { StreamMetadata } from '../profile/profile.ts';
import type { SocketAccess } from './socket-access.ts';

/**
 * Why a stream is ended with an error. No kind means OK: for Envoy an OK end means "continue without me".
 * - `malformed`, `out-of-order`: the peer broke the protocol.
 * - `deadline`: an answer was owed for too long.
 * - `abandoned`: the peer left the stream open after its last answer.
 * - `internal`: we broke.
 */
export type StreamFailure = 'malformed' | 'out-of-order' | 'deadline' | 'abandoned' | 'internal';

/** Our side of one open stream. After `end` or `fail`, or when the peer is gone, every call does nothing. */
export interface ReplyStream {
  /** Sends one message. The bytes are borrowed until the call returns. */
  reply(message: Uint8Array): void;
  /**
   * Says that nobody reads the bytes of a message that came any more. Their memory may be given back at once, without waiting for a
   * garbage collection: whoever looks at them from then on sees an empty array.
   */
  done(message: Uint8Array): void;
  /** Ends the stream with status OK: everything owed was answered. */
  end(): void;
  /** Ends the stream with an error. `message` must be fit for the proxy's log. */
  fail(failure: StreamFailure, message: string): void;
}

/** The events of one open stream, in order, one call at a time: the next one after the last one's promise has settled. */
export interface StreamHandler {
  /** One whole message. The bytes are ours until the stream's end, or `done`; no one writes to them. */
  message(bytes: Uint8Array): void | Promise<void>;
  /** The peer will send nothing more. */
  halfClose(): void | Promise<void>;
  /** The stream is gone, by whichever side. Called once, last, for every stream; also while a promise is pending. */
  close(wasCancelled: boolean): void;
}

/** Called for each new stream, with the metadata that the proxy opened it with. */
export type OpenStream = (replies: ReplyStream, metadata: StreamMetadata) => StreamHandler;

/** How long the parts of an end may take, in milliseconds. */
export interface DrainTimes {
  /** Default 0. */
  readonly noticeMs?: number;
  readonly drainMs: number;
}

/** A server of such streams. */
export interface Transport {
  /** Streams that ended with an error of ours, by why. */
  readonly failures: Readonly<Record<StreamFailure, number>>;
  /**
   * Starts to listen. Returns the address in the form in which it was given, with the port that was chosen for 0.
   * @param access who may connect to a Unix socket.
   */
  listen(address: string, access?: SocketAccess): Promise<string>;
  /** Tells those who ask for its health (grpc.health.v1) whether it serves. After `close` it never does. */
  setServing(isServing: boolean): void;
  /**
   * Reports NOT_SERVING and continues for `noticeMs`, or until nobody is connected, so that health checks can choose another server. Then
   * tells its peers to open no more streams (GOAWAY), takes no new connections, waits for streams to end, and cuts those left
   * after `drainMs`. Idempotent.
   */
  close(times: DrainTimes): Promise<void>;
}
