// The contract of the addon with the native transport (native/server), and how it is loaded. Knows no gRPC.

import { createRequire } from 'node:module';
import { WafError } from '../base/errors.ts';
import type { Limits } from '../base/limits.ts';
import { addonCure, addonPath } from '../matching/addon-path.ts';

/** The limits that the addon reads. */
export type NativeTransportLimits = Pick<
  Limits,
  | 'concurrentStreamsMax'
  | 'receiveMessageBytesMax'
  | 'unsentBytesMax'
  | 'streamHeaderBytesMax'
  | 'streamResetBurst'
  | 'streamResetRate'
  | 'emptyStreamBurst'
  | 'emptyStreamRate'
  | 'peerSilenceMsMax'
  | 'tlsHandshakeMsMax'
  | 'tlsHandshakesMax'
>;

/** A server of the addon. */
export type NativeServer = object & { readonly __brand: 'NativeServer' };

/** Certificate, key and authorities, ready for connections. */
export type NativeTls = object & { readonly __brand: 'NativeTls' };

/** Kinds of events; the numbers are those of native/transport/event_batch.h. */
export const eventKinds = {
  /** first: index of the method; second: milliseconds until the stream's deadline, 0 when it has none. */
  open: 1,
  /** first: offset in the small messages' buffer; second: length. */
  message: 2,
  /** first: index in the list of large messages. */
  largeMessage: 3,
  halfClose: 4,
  /** first: a violation; second: what goes with it. No message follows. */
  violation: 5,
  /** The bytes for which `send` returned true have been sent. */
  writable: 6,
  /** Always the last one of a stream; its slot will be reused. */
  close: 7,
  /** first: bytes of memory taken by a message that has not arrived completely; 0 from its own event on. */
  unfinished: 8,
} as const;

/** What a peer did wrong; the numbers are those of native/transport/event_batch.h. */
export const violations = {
  /** second: the flags. */
  flags: 1,
  /** second: the length. */
  tooLarge: 2,
  cutShort: 3,
} as const;

/** Words of one event: kind, slot, first, second. */
export const eventWords = 4;

/**
 * Called with the number of events in the words. The buffer of small messages is shared by many messages and never written again.
 */
export type OnEvents = (count: number, small: Buffer | undefined, large: readonly Buffer[] | undefined) => void;

/** Called with the result of a TLS handshake: an index of `handshakeResults`, the library's reason, the peer's address. */
export type OnHandshake = (result: number, reason: string, address: string) => void;

/**
 * The addon's functions. A slot is the number of a stream; calls for a stream that is gone do nothing. What they send is written
 * when the events have been handled, or before the event loop waits again.
 */
export interface NativeTransportAddon {
  /** Makes a server of methods, by their paths. It keeps the process alive while it listens or is connected. */
  openServer(
    limits: NativeTransportLimits,
    methods: readonly string[],
    words: Uint32Array,
    onEvents: OnEvents,
    onHandshake: OnHandshake,
  ): NativeServer;
  /**
   * Reads PEM texts. `clientAuthorities`: clients must present a certificate issued by one of them. Throws the TLS library's
   * reason.
   */
  makeTls(certificate: Buffer, key: Buffer, clientAuthorities: Buffer | undefined): NativeTls;
  /** TCP connections made from now on use TLS with these certificates. */
  useTls(server: NativeServer, tls: NativeTls): void;
  /** Listens on a numeric address. Returns the port. Throws a system error. */
  listenTcp(server: NativeServer, host: string, port: number): number;
  /** Listens on a Unix socket. Throws a system error. */
  listenPipe(server: NativeServer, path: string): void;
  connectionCount(server: NativeServer): number;
  /** Stops listening, and tells peers to open no more streams; a connection closes with its last stream. */
  drain(server: NativeServer): void;
  /** Terminates all connections. The closing of their streams is reported in the next turn of the event loop. */
  cut(server: NativeServer): void;
  /** Frees everything. There are no more events. */
  closeServer(server: NativeServer): void;
  /** Sends a message, which is copied. True: too much is unsent, and an event will say when it has been sent. */
  send(server: NativeServer, slot: number, message: Uint8Array): boolean;
  /** Ends a stream with a gRPC status when everything before it has been sent. */
  end(server: NativeServer, slot: number, code: number, details: string): void;
  /** Stops reading: the peer may send only what its window still allows. */
  pause(server: NativeServer, slot: number): void;
  resume(server: NativeServer, slot: number): void;
  /** First value of a header by its name in lower case; also of a stream that is gone, until its close has been reported. */
  header(server: NativeServer, slot: number, name: string): string | undefined;
}

/** Version of the contract above; raised with every change of it. */
const abiVersion = 3;

/** The addon. @throws WafError `native.missing` when it was not built, or from other sources. */
export function nativeTransportAddon(): NativeTransportAddon {
  const cure = `${addonCure}, or serve with "--transport grpc-js"`;
  let addon: NativeTransportAddon & { readonly abiVersion?: number };
  try {
    addon = createRequire(import.meta.url)(addonPath('weir_transport'));
  } catch (cause) {
    const [reason] = cause instanceof Error ? cause.message.split('\n') : [String(cause)];
    throw new WafError('native.missing', `the native transport does not load (${reason}); ${cure}`, { cause });
  }
  if (addon.abiVersion !== abiVersion) {
    throw new WafError('native.missing', `the native transport is of another build; ${cure}`);
  }
  return addon;
}
