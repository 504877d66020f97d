// TLS of the transport on grpc-js: credentials whose certificates can be replaced, and how handshakes end. Knows no stream.

import type { Http2SecureServer } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { type Server, ServerCredentials } from '@grpc/grpc-js';
import type { TlsMaterial } from '../base/tls-files.ts';
import type { ListenerTls } from './listener-tls.ts';
import type { HandshakeResult, TlsHandshakes } from './tls-handshakes.ts';

/** TLS of one server. */
export interface GrpcTls {
  /** For the addresses it listens on: a connection uses the certificate in force when it is made. */
  readonly credentials: ServerCredentials;
  /** Counts the handshakes on the addresses that the server listens on at the time of the call. */
  watch(server: Server): void;
  /** Stops taking new certificates. */
  end(): void;
}

/** @param handshakeMsMax how long a handshake may take. */
export function createGrpcTls(tls: ListenerTls, handshakeMsMax: number): GrpcTls {
  const credentials = new ReplaceableCredentials(tls.asksClients, handshakeMsMax);
  const end = tls.use((material) => () => credentials.replace(material));
  const watched = new WeakSet<object>();
  return {
    credentials,
    watch(server) {
      for (const one of secureServersOf(server)) {
        if (!watched.has(one)) count(one, tls.handshakes);
        watched.add(one);
      }
    },
    end,
  };
}

class ReplaceableCredentials extends ServerCredentials {
  constructor(asksClients: boolean, handshakeTimeout: number) {
    super({ requestCert: asksClients, rejectUnauthorized: asksClients, handshakeTimeout });
  }

  replace(material: TlsMaterial): void {
    this.updateSecureContextOptions(material);
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

/**
 * The HTTP/2 servers of a grpc-js server, from a private field. None when a later version has no such field: then nothing is
 * counted.
 */
function secureServersOf(server: Server): readonly Http2SecureServer[] {
  const { http2Servers } = server as unknown as { readonly http2Servers?: Map<Http2SecureServer, unknown> };
  return [...(http2Servers?.keys() ?? [])].filter((one) => typeof one.setSecureContext === 'function');
}

function count(server: Http2SecureServer, handshakes: TlsHandshakes): void {
  server.on('secureConnection', ({ alpnProtocol, remoteAddress }: TLSSocket) => {
    if (alpnProtocol === 'h2') handshakes.ended('ok');
    else handshakes.ended('protocol', 'no protocol asked for (ALPN)', remoteAddress);
  });
  server.on('tlsClientError', (error: TlsError, socket: TLSSocket) => {
    const { reason, code = '' } = error;
    handshakes.ended(handshakeResultOf(error, socket), reason ?? code, socket.remoteAddress);
  });
}

/** Node's error of a failed handshake. `reason` is OpenSSL's. */
export interface TlsError extends Error {
  readonly code?: string;
  readonly reason?: string;
}

/** The result of a handshake that Node reports as failed. */
export function handshakeResultOf(
  { code = '' }: TlsError,
  { authorizationError }: Pick<TLSSocket, 'authorizationError'>,
): HandshakeResult {
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'timeout';
  // Node ends peers that fail verification as if they had left.
  if (code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE') return 'certificate';
  if (code === 'ECONNRESET') return authorizationError ? 'certificate' : 'gone';
  return code.includes('_ALERT_') ? 'refused' : 'protocol';
}
