// The certificates of a server's addresses, reread when their files change, whether or not anything else is watched: who renews
// certificates renews them every few weeks, and nobody is there then.

import { asWafError } from '../base/errors.ts';
import type { Limits } from '../base/limits.ts';
import type { TlsFiles } from '../base/tls-files.ts';
import { ListenerTls } from '../ext-proc/listener-tls.ts';
import { TlsHandshakes } from '../ext-proc/tls-handshakes.ts';
import { FileWatch } from './file-watch.ts';
import type { Log } from './logs.ts';

/** The bounds that count here. */
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

  /** Ends looking. Idempotent. */
  close(): void {
    this.#watch.close();
  }

  #renew(): void {
    const end = this.#begin();
    try {
      this.tls.reread()();
      this.#log.info('certificates were reread; new connections use them');
    } catch (thrown) {
      const { code, message } = asWafError(thrown);
      this.#log.error({ code }, `certificates have changed and do not work, those before stay in force: ${message}`);
    }
    // What does not work is told of once.
    end(true);
  }

  #begin(): (isInForce: boolean) => void {
    const { note, end } = this.#watch.begin();
    for (const path of Object.values(this.#files)) note(path as string);
    return end;
  }
}
