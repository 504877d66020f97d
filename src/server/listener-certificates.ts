// The certificates of a server's addresses, read again when their files change, even if nothing else is watched: certificates are
// renewed automatically every few weeks.

import { asWafError } from '../base/errors.ts';
import type { Limits } from '../base/limits.ts';
import type { TlsFiles } from '../base/tls-files.ts';
import { ListenerTls } from '../ext-proc/listener-tls.ts';
import { TlsHandshakes } from '../ext-proc/tls-handshakes.ts';
import { FileWatch } from './file-watch.ts';
import type { Log } from './logs.ts';

/** The limits used here. */
export type CertificateLimits = Pick<Limits, 'watchIntervalMs' | 'tlsFailureLogMs'>;

/** Certificates in force. */
export class ListenerCertificates {
  readonly tls: ListenerTls;
  readonly #files: TlsFiles;
  readonly #log: Log;
  readonly #watch: FileWatch;

  /** @throws WafError `config.invalid` for files that do not work. */
  constructor(files: TlsFiles, { log, limits }: { readonly log: Log; readonly limits: CertificateLimits }) {
    this.#files = files;
    this.#log = log;
    const handshakes = new TlsHandshakes(limits, ({ reason, ...failure }) =>
      log.warn(failure, `a TLS handshake with who connects as Envoy failed: ${reason}`),
    );
    this.#watch = new FileWatch({ intervalMs: limits.watchIntervalMs, onChange: async () => this.#renew() });
    const end = this.#begin();
    this.tls = new ListenerTls(files, handshakes);
    end(true);
    this.#watch.start();
  }

  /** Stops watching. Idempotent. */
  close(): void {
    this.#watch.close();
  }

  #renew(): void {
    const end = this.#begin();
    try {
      this.tls.reread()();
      this.#log.info('certificates were read again; new connections use them');
    } catch (thrown) {
      const { code, message } = asWafError(thrown);
      this.#log.error(
        { code },
        `certificates have changed but do not work; the previous ones stay in force: ${message}`,
      );
    }
    // An error is reported once.
    end(true);
  }

  #begin(): (isInForce: boolean) => void {
    const { note, end } = this.#watch.begin();
    for (const path of Object.values(this.#files)) note(path as string);
    return end;
  }
}
