// Client and upstream of an exchange, as the proxy reports them. Knows Envoy's attributes and how far each can be trusted.

import { type Attributes, textAttribute } from '../http/attributes.ts';
import type { RequestHead } from '../http/head.ts';

/** Client and upstream. Texts are '' when unknown. */
export interface Parties {
  readonly peer: {
    /** Envoy's `source.address`: what the client claims in `x-forwarded-for`, unless the listener sets `use_remote_address`. */
    readonly address: string;
    readonly port: number;
    /** The first URI (else DNS name, else subject) of the client's certificate, e.g. a SPIFFE id. */
    readonly identity: string;
    /**
     * Whether the certificate was verified (`connection.peer_certificate_valid`; `connection.mtls` does not tell). Also false on
     * a resumed TLS session, where Envoy does not know it.
     */
    readonly isVerified: boolean;
  };
  readonly route: string;
  readonly virtualHost: string;
  readonly cluster: string;
  /** Address of the host that answered, with its port. */
  readonly upstream: string;
  readonly upstreamIdentity: string;
}

/** The parties of an exchange. @param attributes of both directions. */
export function partiesOf(request: RequestHead | undefined, attributes: Attributes): Parties {
  const text = (name: string): string => textAttribute(attributes, name);
  const firstOf = (...names: readonly string[]): string => names.map(text).find((value) => value !== '') ?? '';
  return {
    peer: {
      address: request?.remoteAddress ?? '',
      port: request?.remotePort ?? 0,
      identity: firstOf(
        'connection.uri_san_peer_certificate',
        'connection.dns_san_peer_certificate',
        'connection.subject_peer_certificate',
      ),
      isVerified: attributes['connection.peer_certificate_valid'] === true,
    },
    route: text('xds.route_name'),
    virtualHost: text('xds.virtual_host_name'),
    cluster: text('xds.cluster_name'),
    upstream: text('upstream.address'),
    upstreamIdentity: firstOf('upstream.uri_san_peer_certificate', 'upstream.dns_san_peer_certificate'),
  };
}
