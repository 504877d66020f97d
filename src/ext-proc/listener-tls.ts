// TLS of the addresses at which the proxy connects: a certificate, its key, and whose client certificates are accepted. Files are reread
// when asked, and open connections continue. Knows no stream.

import type { SecureContextOptions } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';
import { readTlsFiles, type TlsFiles } from '../base/tls-files.ts';

const listeners = 'the addresses for Envoy';

/** Certificates in force, and how they are replaced. */
export class ListenerTls {
  /** For the listeners: whatever is in force when a connection is made counts for it. */
  readonly credentials: ServerCredentials;
  readonly #files: TlsFiles;
  readonly #replace: (context: SecureContextOptions) => void;

  /** @throws WafError `config.invalid` for files that do not work. */
  constructor(files: TlsFiles) {
    this.#files = files;
    const credentials = new ReplaceableCredentials(readTlsFiles(files, listeners), files.clientCaFile !== undefined);
    this.credentials = credentials;
    this.#replace = (context) => credentials.replace(context);
  }

  /**
   * Rereads the files.
   * @returns what puts them in force for new connections.
   * @throws WafError `config.invalid` for files that do not work; what was in force stays so.
   */
  reread(): () => void {
    const context = readTlsFiles(this.#files, listeners);
    return () => this.#replace(context);
  }
}

class ReplaceableCredentials extends ServerCredentials {
  constructor(context: SecureContextOptions, asksClients: boolean) {
    super({ requestCert: asksClients, rejectUnauthorized: asksClients }, context);
  }

  replace(context: SecureContextOptions): void {
    this.updateSecureContextOptions(context);
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}
