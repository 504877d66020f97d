// TLS from Envoy to Weir: the transport socket of Weir's cluster (envoy.extensions.transport_sockets.tls.v3, Envoy 1.40). Does
// not read the files.

import { isIP } from 'node:net';

/** TLS settings for Envoy. Paths are on Envoy's machine. */
export interface WeirTls {
  /** Authority of Weir's certificate. */
  readonly caFile: string;
  /** Name in Weir's certificate. */
  readonly name: string;
  /** Envoy's own certificate with its key, if Weir requires one. */
  readonly client?: { readonly certFile: string; readonly keyFile: string } | undefined;
}

const file = (filename: string) => ({ filename });

/** The value of `transport_socket`. Envoy watches files that are in a folder of their own. */
export function transportSocket({ caFile, name, client }: WeirTls): object {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
      ...(isIP(name) === 0 ? { sni: name } : {}),
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
        alpn_protocols: ['h2'],
        ...(client === undefined
          ? {}
          : { tls_certificates: [{ certificate_chain: file(client.certFile), private_key: file(client.keyFile) }] }),
        validation_context: {
          trusted_ca: file(caFile),
          match_typed_subject_alt_names: [
            { san_type: isIP(name) === 0 ? 'DNS' : 'IP_ADDRESS', matcher: { exact: name } },
          ],
        },
      },
    },
  };
}
