// The file that audit lines are appended to. A disk that is full or slow must not stop traffic or fill memory: that lines
// are lost is said once for each time it begins, and writing is tried again.

import { createWriteStream, openSync, type WriteStream } from 'node:fs';
import { monotonicMs } from '../base/deadline.ts';
import { WafError } from '../base/errors.ts';

/** How to open it. */
export interface AuditFileOptions {
  /** Told in a sentence that lines are being lost. */
  readonly onLoss: (reason: string) => void;
  /** Lines that wait for the disk, in bytes; beyond it they are lost. */
  readonly unwrittenBytesMax: number;
}

/** How long after a failure the file is opened again. */
const retryMs = 1_000;

/** An audit file, open for appending; created when it is not there (mode 0640: values of requests stand in it). */
export class AuditFile {
  readonly #path: string;
  readonly #options: AuditFileOptions;
  #stream: WriteStream;
  #failedMs = 0;
  #isLosing = false;

  /** @throws WafError `config.invalid` when the file cannot be opened. */
  constructor(path: string, options: AuditFileOptions) {
    this.#path = path;
    this.#options = options;
    try {
      this.#stream = this.#open();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new WafError('config.invalid', `cannot write the audit log: ${reason}`, { cause });
    }
  }

  /** Takes one line with its end. Never throws, never waits. */
  write(line: string): void {
    if (this.#stream.destroyed && !this.#reopen()) return;
    if (this.#stream.writableLength > this.#options.unwrittenBytesMax) {
      this.#lose(`${this.#stream.writableLength} bytes wait for the disk`);
      return;
    }
    this.#stream.write(line);
  }

  /** Writes what is still in memory. Idempotent; never rejects. */
  close(): Promise<void> {
    const stream = this.#stream;
    return new Promise((resolve) => {
      // A stream that was destroyed by a failure has yet to say so: "error" comes before "close".
      if (stream.closed) resolve();
      else stream.once('close', () => resolve()).end();
    });
  }

  #open(): WriteStream {
    const stream = createWriteStream(this.#path, { fd: openSync(this.#path, 'a', 0o640) });
    stream.on('error', (error) => {
      this.#failedMs = monotonicMs();
      this.#lose(error.message);
    });
    stream.on('drain', () => {
      this.#isLosing = false;
    });
    return stream;
  }

  #reopen(): boolean {
    if (this.#stream.closed && this.#stream.errored === null) return false;
    if (monotonicMs() - this.#failedMs < retryMs) return false;
    this.#failedMs = monotonicMs();
    try {
      this.#stream = this.#open();
      return true;
    } catch {
      return false;
    }
  }

  #lose(reason: string): void {
    if (!this.#isLosing) this.#options.onLoss(reason);
    this.#isLosing = true;
  }
}
