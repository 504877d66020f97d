// Writes lines to a log without ever blocking the caller: lines queue in bounded memory while the disk is full or the reader
// stalls. Lines that do not fit are lost and counted, and the log itself says so at the place where they are missing. Knows no
// record and no format.

import type { LogTarget } from './log-target.ts';

/** Options of a writer. */
export interface LogWriterOptions {
  /** Opens the destination. Called again after a failure, a rotation, a new reader. @throws the system's error. */
  readonly open: () => LogTarget;
  /** Maximum bytes of queued lines; more are lost. */
  readonly unwrittenBytesMax: number;
  /** The line, with its newline, that replaces `lines` missing ones. */
  readonly lossLine: (lines: number) => string;
  /** Called once when the log cannot be written, or lines begin to be lost, with the reason. */
  readonly onTrouble?: (reason: string) => void;
  /** Called when lines are written again, with the number lost in the meantime. */
  readonly onRecovery?: (lostLines: number) => void;
}

/** Bytes of one write, so that many short lines take one system call. */
const batchBytesMax = 64 * 1024;

/** Time until a retry after a failure. */
const failedRetryMs = 1_000;

/** Time until a retry after a destination accepted nothing: at first, and at most. */
const fullRetryMs = { first: 5, most: 100 } as const;

const lineEnd = 0x0a;
const nothing: Buffer = Buffer.alloc(0);

/** Writes lines in order, each completely or not at all, unless the process dies in the middle of one. */
export class LogWriter {
  readonly #options: LogWriterOptions;
  #target: LogTarget | undefined;
  #lines: string[] = [];
  #lineBytes = 0;
  /** The lines being written, and how much of them is written. */
  #batch: Buffer = nothing;
  #written = 0;
  /** The part of the batch in a write whose result is not known yet. */
  #inFlightBytes = 0;
  #isWriting = false;
  #lostLines = 0;
  #allLostLines = 0;
  #writtenLines = 0;
  #isLosing = false;
  #isInTrouble = false;
  #mustReopen = false;
  #retry: NodeJS.Timeout | undefined;
  #fullMs: number = fullRetryMs.first;
  #closing: PromiseWithResolvers<void> | undefined;

  /** @throws the system's error if the destination cannot be opened, except for a FIFO whose reader may still come. */
  constructor(options: LogWriterOptions) {
    this.#options = options;
    try {
      this.#open();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    }
  }

  /** Lines written since its creation. */
  get writtenLines(): number {
    return this.#writtenLines;
  }

  /** Lines lost since its creation. */
  get lostLines(): number {
    return this.#allLostLines;
  }

  /** Queues one line with its newline. Never throws, never waits. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line);
    const room = this.#options.unwrittenBytesMax - this.#unwrittenBytes;
    if (this.#isLosing || bytes > room || this.#closing !== undefined) {
      this.#lose();
      return;
    }
    this.#lines.push(line);
    this.#lineBytes += bytes;
    this.#start();
  }

  /** Closes the file after the current write and reopens it, for log rotation. */
  reopen(): void {
    this.#mustReopen = true;
    this.#retryNow();
  }

  /** Writes what is queued as far as possible without waiting, at the end of the process. Never throws. */
  flushNow(): void {
    if (this.#target === undefined) return;
    this.#written += this.#inFlightBytes;
    this.#inFlightBytes = 0;
    try {
      while (this.#fillBatch()) this.#written += this.#target.writeNow(this.#batch.subarray(this.#written));
    } catch {
      // Nobody is left to be told.
    }
  }

  /**
   * Writes what is queued, for at most `withinMs`; does not wait for a destination that cannot be written.
   * @returns how many lines are lost nevertheless. Idempotent; never rejects.
   */
  async close(withinMs: number): Promise<number> {
    if (this.#closing === undefined) {
      this.#closing = Promise.withResolvers();
      const { promise, resolve } = this.#closing;
      const timer = setTimeout(resolve, withinMs);
      this.#retryNow();
      await promise;
      clearTimeout(timer);
      clearTimeout(this.#retry);
      // A write in progress keeps the destination open.
      if (!this.#isWriting) this.#target?.close();
    }
    await this.#closing.promise;
    return this.#lostLines + this.#lines.length + lineCountOf(this.#batch.subarray(this.#written));
  }

  get #unwrittenBytes(): number {
    return this.#lineBytes + this.#batch.length - this.#written;
  }

  #open(): void {
    this.#target = this.#options.open();
    // A newline that did not reach the previous destination may not be needed in this one.
    const lines = this.#batch[0] === lineEnd ? this.#batch.subarray(1) : this.#batch;
    this.#batch = this.#target.endsInLine ? Buffer.concat([Buffer.of(lineEnd), lines]) : lines;
  }

  #start(): void {
    if (!this.#isWriting && this.#retry === undefined) void this.#writeAll();
  }

  #retryNow(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#start();
  }

  #retryIn(ms: number): void {
    this.#retry = setTimeout(() => this.#retryNow(), ms);
    this.#retry.unref();
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    let retryMs: number | undefined;
    try {
      while (retryMs === undefined && (this.#mustReopen || this.#unwrittenBytes > 0))
        retryMs = await this.#writeBatch();
    } catch (error) {
      this.#abandonTarget();
      this.#say((error as Error).message);
      retryMs = failedRetryMs;
    }
    this.#isWriting = false;
    const isHopeless = retryMs === undefined || retryMs === failedRetryMs;
    if (this.#closing !== undefined && isHopeless) this.#closing.resolve();
    else if (retryMs !== undefined) this.#retryIn(retryMs);
  }

  /** One write. Returns the time until a retry if the destination accepted nothing. */
  async #writeBatch(): Promise<number | undefined> {
    const isReplaced = (await this.#target?.isReplaced()) ?? false;
    if (this.#mustReopen || isReplaced) this.#abandonTarget();
    this.#mustReopen = false;
    if (this.#target === undefined) this.#open();
    if (!this.#fillBatch()) return undefined;
    const rest = this.#batch.subarray(this.#written);
    this.#inFlightBytes = rest.length;
    const count = (await this.#target?.write(rest)) ?? 0;
    this.#inFlightBytes = 0;
    if (count === 0) {
      const retryMs = this.#fullMs;
      this.#fullMs = Math.min(2 * retryMs, fullRetryMs.most);
      return retryMs;
    }
    this.#written += count;
    this.#writtenLines += lineCountOf(rest.subarray(0, count));
    this.#fullMs = fullRetryMs.first;
    this.#recover();
    return undefined;
  }

  /** Whether there is anything to be written. */
  #fillBatch(): boolean {
    if (this.#written < this.#batch.length) return true;
    let bytes = 0;
    let count = 0;
    for (; count < this.#lines.length && bytes < batchBytesMax; count += 1) {
      bytes += Buffer.byteLength(this.#lines[count] as string);
    }
    this.#batch = Buffer.from(this.#lines.splice(0, count).join(''));
    this.#lineBytes -= this.#batch.length;
    this.#written = 0;
    return count > 0;
  }

  /** Closes the destination. A partly written line is written completely to the next one. */
  #abandonTarget(): void {
    try {
      this.#target?.close();
    } catch {
      // It is closed either way.
    }
    this.#target = undefined;
    const lineStart = this.#written === 0 ? 0 : this.#batch.lastIndexOf(lineEnd, this.#written - 1) + 1;
    this.#batch = this.#batch.subarray(lineStart);
    this.#written = 0;
    this.#inFlightBytes = 0;
  }

  #lose(): void {
    this.#lostLines += 1;
    this.#allLostLines += 1;
    if (this.#isLosing) return;
    this.#isLosing = true;
    this.#say(`${this.#unwrittenBytes} bytes wait to be written`);
  }

  #say(reason: string): void {
    if (!this.#isInTrouble) this.#options.onTrouble?.(reason);
    this.#isInTrouble = true;
  }

  /** Something was written. Lines are accepted again once half of the room is free, so that losses are few and long. */
  #recover(): void {
    if (this.#isLosing && this.#unwrittenBytes > this.#options.unwrittenBytesMax / 2) return;
    const lost = this.#lostLines;
    if (this.#isLosing && this.#closing === undefined) {
      const line = this.#options.lossLine(lost);
      this.#lines.push(line);
      this.#lineBytes += Buffer.byteLength(line);
      this.#isLosing = false;
      this.#lostLines = 0;
    }
    if (this.#isInTrouble) this.#options.onRecovery?.(lost);
    this.#isInTrouble = false;
  }
}

function lineCountOf(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(lineEnd); at !== -1; at = bytes.indexOf(lineEnd, at + 1)) count += 1;
  return count;
}
