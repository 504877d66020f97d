// TLS of the addresses that the proxy connects to: a certificate, its key, and the authorities of accepted client certificates.
// Files are reread on request, and open connections continue. Knows no stream, and no transport.

import { readTlsFiles, type TlsFiles, type TlsMaterial } from '../base/tls-files.ts';
import type { TlsHandshakes } from './tls-handshakes.ts';

const listeners = 'the addresses for Envoy';

/**
 * Prepares certificates for use. @returns a function that puts them in force for new connections, and cannot fail.
 * @throws if they cannot be used.
 */
export type PrepareTls = (material: TlsMaterial) => () => void;

/** Certificates in force, and how they are replaced. */
export class ListenerTls {
  /** Clients must present a certificate. */
  readonly asksClients: boolean;
  /** Where transports report the results of handshakes. */
  readonly handshakes: TlsHandshakes;
  readonly #files: TlsFiles;
  readonly #users = new Set<PrepareTls>();
  #material: TlsMaterial;

  /** @throws WafError `config.invalid` for files that do not work. */
  constructor(files: TlsFiles, handshakes: TlsHandshakes) {
    this.#files = files;
    this.asksClients = files.clientCaFile !== undefined;
    this.handshakes = handshakes;
    this.#material = readTlsFiles(files, listeners);
  }

  /**
   * Passes the certificates in force to a user, now and whenever they are replaced.
   * @returns a function that ends this.
   * @throws what `prepare` throws now.
   */
  use(prepare: PrepareTls): () => void {
    prepare(this.#material)();
    this.#users.add(prepare);
    return () => void this.#users.delete(prepare);
  }

  /**
   * Rereads the files.
   * @returns a function that puts them in force for new connections.
   * @throws WafError `config.invalid` for files that do not work; those in force stay.
   */
  reread(): () => void {
    const material = readTlsFiles(this.#files, listeners);
    const apply = [...this.#users].map((prepare) => prepare(material));
    return () => {
      this.#material = material;
      for (const one of apply) one();
    };
  }
}
