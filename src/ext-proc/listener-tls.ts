// TLS of the addresses at which the proxy connects: a certificate, its key, and whose client certificates are accepted. Files are reread
// when asked, and open connections continue. Knows no stream, and no transport.

import { readTlsFiles, type TlsFiles, type TlsMaterial } from '../base/tls-files.ts';
import type { TlsHandshakes } from './tls-handshakes.ts';

const listeners = 'the addresses for Envoy';

/**
 * Makes something of material. @returns what puts it in force for new connections, and does not fail.
 * @throws when it does not work there.
 */
export type PrepareTls = (material: TlsMaterial) => () => void;

/** Certificates in force, and how they are replaced. */
export class ListenerTls {
  /** Clients must show a certificate. */
  readonly asksClients: boolean;
  /** Where a transport says how handshakes ended. */
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
   * Puts what is in force in force with a user too, now and whenever it is replaced.
   * @returns what ends that.
   * @throws what `prepare` throws now.
   */
  use(prepare: PrepareTls): () => void {
    prepare(this.#material)();
    this.#users.add(prepare);
    return () => void this.#users.delete(prepare);
  }

  /**
   * Rereads the files.
   * @returns what puts them in force for new connections.
   * @throws WafError `config.invalid` for files that do not work; what was in force stays so.
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
