// Files named on a command line or in a configuration: read whole, up to a limit of size and of waiting time. Knows nothing of
// their contents.

import { closeSync, constants as flags, fstatSync, openSync, readSync } from 'node:fs';
import { constants } from './constants.ts';

const chunkBytes = 64 * 1024;
/** Between two attempts to read a pipe that is empty. */
const pollMs = 10;
const standardInput = 0;

/** Options of reading a file. */
export interface InputFileOptions {
  /** Default `settingsFileBytesMax`. */
  readonly bytesMax?: number;
  /** Bytes at the beginning of a regular file that are left out. Default 0. */
  readonly from?: number;
}

/**
 * The bytes of a regular file or of a pipe. Reads to the end instead of trusting the size that the file system reports, which is
 * 0 for files under /proc. A pipe that nobody writes to, or that delivers nothing for `inputPipeMsMax`, is an error.
 * @throws Error for a device, a socket or a folder, for more than `bytesMax` bytes, or what the system throws.
 */
export function readInputFile(path: string, options: InputFileOptions = {}): Buffer {
  // Without O_NONBLOCK, opening a pipe would wait, and so would reading some files of /proc.
  const file = openSync(path, flags.O_RDONLY | flags.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw new Error('it is a folder');
    if (!stat.isFile() && !stat.isFIFO()) throw new Error('it is neither a file nor a pipe');
    const bytes = readAll(file, { ...options, waitMsMax: stat.isFIFO() ? constants.inputPipeMsMax : 0 });
    if (stat.isFIFO() && bytes.length === 0) throw new Error('nothing comes from it');
    return bytes;
  } finally {
    closeSync(file);
  }
}

/** The same; `-` is standard input, which has no limit of waiting time. */
export function readInput(name: string, bytesMax: number): Buffer {
  if (name !== '-') return readInputFile(name, { bytesMax });
  return readAll(standardInput, { bytesMax, waitMsMax: Number.POSITIVE_INFINITY });
}

/** @param waitMsMax how long to wait for bytes when there are none yet. */
function readAll(
  file: number,
  { bytesMax = constants.settingsFileBytesMax, from = 0, waitMsMax }: InputFileOptions & { readonly waitMsMax: number },
): Buffer {
  const chunks: Buffer[] = [];
  let count = 0;
  let waitedMs = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const read = readNow(file, chunk, from === 0 ? null : from + count);
    if (read === 0) return Buffer.concat(chunks, count);
    if (read === undefined) {
      if (waitedMs >= waitMsMax) throw new Error('nothing comes from it');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMs);
      waitedMs += pollMs;
      continue;
    }
    waitedMs = 0;
    count += read;
    if (count > bytesMax) throw new Error(`it is larger than ${bytesMax} bytes`);
    chunks.push(chunk.subarray(0, read));
  }
}

/** Bytes that were read; 0 at the end, undefined when there are none yet. */
function readNow(file: number, chunk: Buffer, position: number | null): number | undefined {
  try {
    return readSync(file, chunk, 0, chunk.length, position);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EAGAIN') return undefined;
    if (code === 'EOF') return 0;
    throw thrown;
  }
}
