// Destinations for log lines, opened so that no write ever blocks: files, FIFOs, terminals, standard error. Knows no lines and no
// queue.

import { closeSync, constants, fstatSync, openSync, readSync, type Stats, write, writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/** An open destination. One write at a time. */
export interface LogTarget {
  /** Whether its content ends in the middle of a line, as after a full disk. */
  readonly endsInLine: boolean;
  /**
   * Writes the beginning of `bytes`, which are borrowed until the promise settles.
   * @returns the number of bytes written; 0 if it accepts none now. Rejects with the system's error.
   */
  write(bytes: Uint8Array): Promise<number>;
  /** The same synchronously, for a process that is about to end. @throws the system's error. */
  writeNow(bytes: Uint8Array): number;
  /** Whether its path now refers to something else, because the file was renamed, removed or replaced. Never rejects. */
  isReplaced(): Promise<boolean>;
  /** Frees it. Not during a write. */
  close(): void;
}

const { O_APPEND, O_CREAT, O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;

/** O_NONBLOCK: opening a FIFO without a reader fails (ENXIO) instead of waiting, and a full one accepts nothing (EAGAIN). */
const appending = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY;

/** Logs contain values of requests, so others must not read them. */
const fileMode = 0o640;

const standardErrorFd = 2;

/**
 * Opens a file or FIFO for appending; a missing file is created (mode 0640).
 * @throws the system's error; ENXIO for a FIFO without a reader.
 */
export function openLogFile(path: string): LogTarget {
  const fd = openSync(path, appending | O_CREAT, fileMode);
  const stats = fstatSync(fd);
  return fdTarget(fd, {
    endsInLine: stats.isFile() && stats.size > 0 && lastByteOf(path, stats.size) !== 0x0a,
    isReplaced: () => (stats.isFile() ? isReplaced(path, stats) : Promise.resolve(false)),
    close: () => closeSync(fd),
  });
}

/**
 * Standard error. A pipe or terminal is opened again, so that only our own writes are non-blocking: the flag would otherwise
 * apply to everyone who writes to it. A file never blocks, and its position is shared with others, so it is used as it is.
 * @throws the system's error; ENXIO for a pipe whose reader is gone.
 */
export function openStandardError(): LogTarget {
  const shared = { endsInLine: false, isReplaced: () => Promise.resolve(false), close: () => undefined };
  const stats = fstatSync(standardErrorFd);
  if (stats.isFile()) return fdTarget(standardErrorFd, shared);
  try {
    const fd = openSync(`/proc/self/fd/${standardErrorFd}`, appending);
    return fdTarget(fd, { ...shared, close: () => closeSync(fd) });
  } catch (error) {
    if (stats.isFIFO() && (error as NodeJS.ErrnoException).code === 'ENXIO') throw error;
    // A socket, as from systemd, or a pipe of another user: Node's own stream does not block for these either.
    if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => undefined);
    return { ...shared, write: writeToStream, writeNow: () => 0 };
  }
}

function writeToStream(bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    process.stderr.write(bytes, (error) => {
      if (error === undefined || error === null) resolve(bytes.length);
      else reject(error);
    });
  });
}

function fdTarget(fd: number, rest: Pick<LogTarget, 'endsInLine' | 'isReplaced' | 'close'>): LogTarget {
  return {
    ...rest,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        write(fd, bytes, 0, bytes.length, null, (error, count) => {
          if (error === null) resolve(count);
          else if (error.code === 'EAGAIN') resolve(0);
          else reject(error);
        });
      }),
    writeNow: (bytes) => writeSync(fd, bytes),
  };
}

async function isReplaced(path: string, opened: Stats): Promise<boolean> {
  try {
    const now = await stat(path);
    return now.ino !== opened.ino || now.dev !== opened.dev;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** The last byte of a file; a newline if it cannot be read. */
function lastByteOf(path: string, size: number): number {
  const byte = Buffer.of(0x0a);
  try {
    const fd = openSync(path, constants.O_RDONLY | O_NONBLOCK);
    try {
      readSync(fd, byte, 0, 1, size - 1);
    } finally {
      closeSync(fd);
    }
  } catch {
    // We may write it but not read it.
  }
  return byte[0] ?? 0x0a;
}
