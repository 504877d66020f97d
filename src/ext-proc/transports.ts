// The transports by name, as users choose between them. Knows nothing of what they do.

import type { Limits } from '../base/limits.ts';
import type { ListenerTls } from './listener-tls.ts';
import type { OpenStream, Transport } from './transport.ts';

/** Names of the transports. */
export const transportNames = ['grpc-js', 'native'] as const;

/** What turns Envoy's bytes into our streams: grpc-js on Node's HTTP/2, or nghttp2 in our own addon. */
export type TransportName = (typeof transportNames)[number];

/** Used when none is chosen. */
export const defaultTransport: TransportName = 'native';

/**
 * Makes a transport that serves `open`'s streams.
 * @param tls for TCP addresses; absent: they are plain text, as Unix sockets always are.
 * @throws WafError as the transport's own function does.
 */
export type CreateTransport = (open: OpenStream, limits: Limits, tls?: ListenerTls) => Transport;

const loaders: Readonly<Record<TransportName, () => Promise<CreateTransport>>> = {
  'grpc-js': async () => (await import('./grpc-server.ts')).createGrpcTransport,
  native: async () => (await import('./native-transport.ts')).createNativeTransport,
};

/** Loads a transport and its modules on demand: grpc-js takes 14 MiB and a tenth of a second, which the native one does not need. */
export function loadTransport(name: TransportName): Promise<CreateTransport> {
  return loaders[name]();
}
