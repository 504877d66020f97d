// The transports by name, as users choose between them. Knows nothing of what they do.

import { WafError } from '../base/errors.ts';
import type { Limits } from '../base/limits.ts';
import { createGrpcTransport } from './grpc-server.ts';
import type { ListenerTls } from './listener-tls.ts';
import { createNativeTransport } from './native-transport.ts';
import type { OpenStream, Transport } from './transport.ts';

/** Names of the transports. */
export const transportNames = ['grpc-js', 'native'] as const;

/** What stands between Envoy's bytes and our streams: grpc-js on Node's HTTP/2, or nghttp2 in our own addon. */
export type TransportName = (typeof transportNames)[number];

/** The one that serves when nobody says which: the native one, but where TLS is asked for, which it does not speak. */
export const defaultTransport = (hasTls: boolean): TransportName => (hasTls ? 'grpc-js' : 'native');

type Create = (open: OpenStream, limits: Limits, tls?: ListenerTls) => Transport;

const creators: Readonly<Record<TransportName, Create>> = {
  'grpc-js': createGrpcTransport,
  native: (open, limits, tls) => {
    if (tls === undefined) return createNativeTransport(open, limits);
    throw new WafError('config.invalid', 'the transport "native" has no TLS: take "grpc-js", or leave out tls');
  },
};

/**
 * Serves `open`'s streams.
 * @param tls for TCP addresses; absent: they are in the clear, as Unix sockets always are.
 * @throws WafError as the transport's own function; `config.invalid` for TLS where it has none.
 */
export function createTransport(name: TransportName, open: OpenStream, limits: Limits, tls?: ListenerTls): Transport {
  return creators[name](open, limits, tls);
}
