// Certificates out of files: whoever listens by TLS reads them here. Knows no address.

import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { WafError } from './errors.ts';
import { fileProblem } from './file-problem.ts';
import { readInputFile } from './input-file.ts';

/** Paths of PEM files. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Clients must show a certificate of these; absent: none is asked for. */
  readonly clientCaFile?: string;
}

/** What stood in them. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: 'TLSv1.2';
  /** Authorities whose clients are accepted; absent: clients are not asked. */
  readonly ca?: Buffer;
}

/**
 * Reads certificate, key and authorities.
 * @param whose what errors call those who listen, e.g. `the admin address`.
 * @throws WafError `config.invalid` for files that cannot be read, or do not work together.
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
    // An authority's file without a certificate in it would let nobody in, and createSecureContext takes it.
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
