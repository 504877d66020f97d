// Reads certificates from files, for everything that listens with TLS. Knows no address.

import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { WafError } from './errors.ts';
import { fileProblem } from './file-problem.ts';
import { readInputFile } from './input-file.ts';

/** Paths of PEM files. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Clients must present a certificate issued by one of these; absent: none is requested. */
  readonly clientCaFile?: string;
}

/** Their contents. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: 'TLSv1.2';
  /** Authorities whose clients are accepted; absent: no client certificate is requested. */
  readonly ca?: Buffer;
}

/**
 * Reads certificate, key and authorities.
 * @param whose the name of the listener in error messages, e.g. `the admin address`.
 * @throws WafError `config.invalid` for files that cannot be read, or do not fit each other.
 */
export function readTlsFiles({ certFile, keyFile, clientCaFile }: TlsFiles, whose: string): TlsMaterial {
  const context: TlsMaterial = {
    cert: readPemFile(certFile, `the certificate of ${whose}`),
    key: readPemFile(keyFile, `the key of ${whose}`),
    minVersion: 'TLSv1.2',
    ...(clientCaFile === undefined ? {} : { ca: readPemFile(clientCaFile, `the certificates of clients of ${whose}`) }),
  };
  try {
    createSecureContext(context);
    // createSecureContext accepts a file of authorities without a certificate; then no client could connect.
    if (context.ca !== undefined) new X509Certificate(context.ca);
  } catch (cause) {
    throw new WafError('config.invalid', `the certificates of ${whose} do not work: ${(cause as Error).message}`, {
      cause,
    });
  }
  return context;
}

function readPemFile(path: string, what: string): Buffer {
  try {
    return readInputFile(path);
  } catch (cause) {
    throw new WafError('config.invalid', `cannot read ${what} ${path}: ${fileProblem(cause)}`, { cause });
  }
}
