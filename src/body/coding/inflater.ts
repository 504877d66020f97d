// Decodes one content encoding synchronously in bounded slices, using node:zlib's streams without their queue. Knows bytes only,
// not where they come from.
//
// Node decompresses either a whole buffer at once, which is unbounded, or asynchronously, which would let the caller continue
// before its bytes have been inspected. Both are built on a synchronous step of the stream's handle, which Node itself uses for
// `inflateSync`. It is not documented; `inflater.test.ts` fails if it changes.

import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import { WafError } from '../../base/errors.ts';

/** The supported codings. `deflate` is the zlib format of RFC 9110 §8.4.1.2; some send `deflate-raw` instead. */
export type Compression = 'gzip' | 'deflate' | 'deflate-raw' | 'br' | 'zstd';

/** The synchronous step of a zlib stream. */
interface Handle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputBytes: number,
    output: Uint8Array,
    outputOffset: number,
    outputBytes: number,
  ): void;
}

/** The parts of a zlib stream that are used. */
interface ZlibStream {
  /** Null once the stream has been destroyed. */
  readonly _handle: Handle | null;
  /** Room left in the output, input left over; set by each step. */
  readonly _writeState: Uint32Array;
  readonly errored: Error | null;
  on(event: 'error', listener: (error: Error) => void): unknown;
  destroy(): unknown;
}

const KiB = 1024;
/** Initial memory of a stream, and how far its window grows with the output (br: RFC 7932 §9.1; for zstd it is an option). */
const memoryOf: Readonly<Record<Compression, { readonly bytes: number; readonly windowBytesMax: number }>> = {
  gzip: { bytes: 48 * KiB, windowBytesMax: 0 },
  deflate: { bytes: 48 * KiB, windowBytesMax: 0 },
  'deflate-raw': { bytes: 48 * KiB, windowBytesMax: 0 },
  br: { bytes: 64 * KiB, windowBytesMax: 16 * KiB * KiB },
  zstd: { bytes: 192 * KiB, windowBytesMax: 0 },
};

const empty = new Uint8Array(0);
/** Node allocates an output buffer for the asynchronous interface, which is not used here. */
const unusedChunkBytes = 64;

/** Options of a decoder. */
export interface InflaterOptions {
  /** The largest window that a zstd frame may request; 2^23 and larger are rounded down to a power of two. */
  readonly zstdWindowBytesMax: number;
}

/** Decodes one coding of one body. `close` frees its memory; otherwise garbage collection does. */
export class Inflater {
  readonly #stream: ZlibStream;
  readonly #finish: number;
  readonly #compression: Compression;
  #inputLeft = 0;
  #outputBytes = 0;
  #totalBytes = 0;
  readonly #windowBytesMax: number;

  constructor(compression: Compression, options: InflaterOptions) {
    this.#compression = compression;
    const windowBytesMax = compression === 'zstd' ? options.zstdWindowBytesMax : memoryOf[compression].windowBytesMax;
    this.#windowBytesMax = windowBytesMax;
    this.#finish = compression === 'br' ? constants.BROTLI_OPERATION_FINISH : constants.Z_FINISH;
    if (compression === 'zstd') this.#finish = constants.ZSTD_e_end;
    this.#stream = openStream(compression, options) as unknown as ZlibStream;
    // The error is read from `errored` after the step; without a listener Node would throw it later.
    this.#stream.on('error', () => {});
  }

  /** Input bytes left over by the last step. */
  get inputLeft(): number {
    return this.#inputLeft;
  }

  /** Approximate memory of the stream, bytes: it grows with the output until the window is full. */
  get memoryBytes(): number {
    return memoryOf[this.#compression].bytes + Math.min(this.#totalBytes, this.#windowBytesMax);
  }

  /** Output bytes of the last step. */
  get outputBytes(): number {
    return this.#outputBytes;
  }

  /**
   * Reads `input` from `offset` and writes to `output` from `outputOffset` until either is used up. Throws `body.malformed` if
   * the bytes are not in the coding. If neither input is left nor output full, everything received has been output.
   */
  step(input: Uint8Array, offset: number, output: Uint8Array, outputOffset: number): void {
    this.#run(constants.Z_NO_FLUSH, input, offset, output, outputOffset);
  }

  /** Marks the input as complete; throws `body.malformed` if the coding is truncated. */
  finish(output: Uint8Array): void {
    this.#run(this.#finish, empty, 0, output, 0);
  }

  /** Frees the memory. Idempotent. */
  close(): void {
    this.#stream.destroy();
  }

  #run(flush: number, input: Uint8Array, offset: number, output: Uint8Array, outputOffset: number): void {
    const handle = this.#stream._handle;
    if (handle === null) throw new WafError('body.malformed', `the ${this.#compression} stream has ended`);
    const room = output.length - outputOffset;
    handle.writeSync(flush, input, offset, input.length - offset, output, outputOffset, room);
    const error = this.#stream.errored;
    if (error !== null) {
      throw new WafError('body.malformed', `not valid ${this.#compression}: ${error.message}`, { cause: error });
    }
    const [roomLeft = 0, inputLeft = 0] = this.#stream._writeState;
    this.#outputBytes = room - roomLeft;
    this.#totalBytes += this.#outputBytes;
    this.#inputLeft = inputLeft;
  }
}

function openStream(compression: Compression, options: InflaterOptions): unknown {
  const chunkSize = unusedChunkBytes;
  switch (compression) {
    case 'gzip':
      return createGunzip({ chunkSize });
    case 'deflate':
      return createInflate({ chunkSize });
    case 'deflate-raw':
      return createInflateRaw({ chunkSize });
    case 'br':
      return createBrotliDecompress({ chunkSize });
    case 'zstd':
      return createZstdDecompress({
        chunkSize,
        params: { [constants.ZSTD_d_windowLogMax]: Math.floor(Math.log2(options.zstdWindowBytesMax)) },
      });
  }
}
