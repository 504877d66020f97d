// A FIFO whose reader is the test: it can be absent, stall, and come back.

import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';

/** A FIFO in the file system. */
export class Fifo {
  readonly path: string;
  #fd: number | undefined;

  constructor(path: string) {
    execFileSync('mkfifo', [path]);
    this.path = path;
  }

  /** Opens a reader, which reads only when `read` is called. */
  openReader(): void {
    this.#fd = openSync(this.path, constants.O_RDONLY | constants.O_NONBLOCK);
  }

  /** Closes the reader. */
  closeReader(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** Whether it is full. The check itself may add one byte, a NUL, which `read` leaves out. */
  get isFull(): boolean {
    const fd = openSync(this.path, constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      writeSync(fd, '\0');
      return false;
    } catch {
      return true;
    } finally {
      closeSync(fd);
    }
  }

  /** Reads what is there now. */
  read(): string {
    const buffer = Buffer.alloc(1024 * 1024);
    let text = '';
    try {
      for (;;) {
        const count = readSync(this.#fd ?? -1, buffer, 0, buffer.length, null);
        if (count === 0) return text;
        text += buffer.toString('latin1', 0, count).replaceAll('\0', '');
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      return text;
    }
  }
}
