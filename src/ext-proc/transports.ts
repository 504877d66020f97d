// The transports by name, as users choose between them. Knows nothing of what they do.

import type { Limits } from '../base/limits.ts';
import { createGrpcTransport } from './grpc-server.ts';
import { createNativeTransport } from './native-transport.ts';
import type { OpenStream, Transport } from './transport.ts';

/** Names of the transports. */
export const transportNames = ['grpc-js', 'native'] as const;

/** What stands between Envoy's bytes and our streams: grpc-js on Node's HTTP/2, or nghttp2 in our own addon. */
export type TransportName = (typeof transportNames)[number];

/** The one that serves when nobody says which. */
export const defaultTransport: TransportName = 'grpc-js';

const creators: Readonly<Record<TransportName, (open: OpenStream, limits: Limits) => Transport>> = {
  'grpc-js': createGrpcTransport,
  native: createNativeTransport,
};

/** Serves `open`'s streams. @throws WafError as the transport's own function. */
export function createTransport(name: TransportName, open: OpenStream, limits: Limits): Transport {
  return creators[name](open, limits);
}
