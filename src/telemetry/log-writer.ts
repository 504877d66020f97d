// Lines on their way to a log. Whoever writes one never waits: lines queue in bounded memory while the disk is full or
// the reader stalls; what does not fit is lost, counted, and said in the log itself at the place where it is missing.
// Knows no record and no format.

import type { LogTarget } from './log-target.ts';

/** What a writer needs. */
export interface LogWriterOptions {
  /** Opens the place that lines go to. Called again after a failure, a rotation, a new reader. @throws the system's error. */
  readonly open: () => LogTarget;
  /** Lines that wait, in bytes; beyond it they are lost. */
  readonly unwrittenBytesMax: number;
  /** Makes the line, with its end, that stands where `lines` are missing. */
  readonly lossLine: (lines: number) => string;
  /** Told once that the log cannot be written, or that lines begin to be lost, and why. */
  readonly onTrouble?: (reason: string) => void;
  /** Told when lines are written again, with how many were lost meanwhile. */
  readonly onRecovery?: (lostLines: number) => void;
}

/** Bytes of one write: many short lines cost one system call. */
const batchBytesMax = 64 * 1024;

/** How long after a failure it is tried again. */
const failedRetryMs = 1_000;

/** How long after a place took nothing it is tried again: at first, and at most. */
const fullRetryMs = { first: 5, most: 100 } as const;

const lineEnd = 0x0a;
const nothing: Buffer = Buffer.alloc(0);

/** Writes lines in order, each whole or not at all unless the process dies in the middle of one. */
export class LogWriter {
  readonly #options: LogWriterOptions;
  #target: LogTarget | undefined;
  #lines: string[] = [];
  #lineBytes = 0;
  /** Lines that are being written, and how much of them is. */
  #batch: Buffer = nothing;
  #written = 0;
  /** What of the batch the system has and has not yet said how much of it was taken. */
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

  /** @throws the system's error when the place cannot be had, except for a FIFO without a reader, who may yet come. */
  constructor(options: LogWriterOptions) {
    this.#options = options;
    try {
      this.#open();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    }
  }

  /** Lines that were written since it was made. */
  get writtenLines(): number {
    return this.#writtenLines;
  }

  /** Lines that were lost since it was made. */
  get lostLines(): number {
    return this.#allLostLines;
  }

  /** Takes one line with its end. Never throws, never waits. */
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

  /** Writes what waits, as far as it goes without waiting: for the end of the process. Never throws. */
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
   * Writes what waits, for at most `withinMs`; a place that cannot be written is not waited for.
   * @returns how many lines are lost all the same. Idempotent; never rejects.
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
      // A write that is still under way holds the place open.
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
    // An end of line that did not get through to the last place may not be needed at this one.
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

  /** One write. Returns the time after which to try again when the place took nothing. */
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

  /** Lets go of the place. A line of which only a part was written there is written whole to the next one. */
  #abandonTarget(): void {
    try {
      this.#target?.close();
    } catch {
      // It is gone either way.
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

  /** Something was written. Lines are taken again when half of the room is free, so that losses are few and long. */
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
