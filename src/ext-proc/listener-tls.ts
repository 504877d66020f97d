// TLS of the addresses at which the proxy connects: a certificate, its key, and of whom certificates of clients must be. Files are read
// anew when asked, and connections that are open go on. Knows no stream.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';
import { WafError } from '../base/errors.ts';
import { fileProblem } from '../base/file-problem.ts';

/** Paths of PEM files. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Clients must show a certificate of these; absent: none is asked for. */
  readonly clientCaFile?: string;
}

/** Certificates in force, and how they are replaced. */
export class ListenerTls {
  /** For the listeners: whatever is in force when a connection is made counts for it. */
  readonly credentials: ServerCredentials;
  readonly #files: TlsFiles;
  readonly #replace: (context: SecureContextOptions) => void;

  /** @throws WafError `config.invalid` for files that do not work. */
  constructor(files: TlsFiles) {
    this.#files = files;
    const credentials = new ReplaceableCredentials(contextOf(files), files.clientCaFile !== undefined);
    this.credentials = credentials;
    this.#replace = (context) => credentials.replace(context);
  }

  /**
   * Reads the files anew.
   * @returns what puts them in force for new connections.
   * @throws WafError `config.invalid` for files that do not work; what was in force stays so.
   */
  reread(): () => void {
    const context = contextOf(this.#files);
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

function contextOf({ certFile, keyFile, clientCaFile }: TlsFiles): SecureContextOptions {
  const context: SecureContextOptions = {
    cert: read(certFile, 'the certificate'),
    key: read(keyFile, 'the key of the certificate'),
    minVersion: 'TLSv1.2',
    ...(clientCaFile === undefined ? {} : { ca: read(clientCaFile, 'the certificates of clients') }),
  };
  try {
    createSecureContext(context);
    // An authority's file without a certificate in it would let nobody in, and createSecureContext takes it.
    if (context.ca !== undefined) new X509Certificate(context.ca as Buffer);
  } catch (cause) {
    const message = `the certificates of the addresses do not work: ${(cause as Error).message}`;
    throw new WafError('config.invalid', message, { cause });
  }
  return context;
}

function read(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new WafError('config.invalid', `cannot read ${what} ${path}: ${fileProblem(cause)}`, { cause });
  }
}
