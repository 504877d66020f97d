// One content encoding undone, in bounded slices and at once: node:zlib's streams, driven without their queue. Knows bytes
// only, not where they come from.
//
// Node decompresses either a whole buffer at once, which is unbounded, or asynchronously, which would let a decoder's
// caller go on before its bytes have been inspected. Below both there is one synchronous step on the stream's handle,
// which Node itself uses for `inflateSync`. It is not documented; `inflater.test.ts` fails when it changes.

import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import { WafError } from '../../base/errors.ts';

/** The codings that can be undone; `deflate` is the zlib format of RFC 9110 §8.4.1.2, `deflate-raw` what some send instead. */
export type Compression = 'gzip' | 'deflate' | 'deflate-raw' | 'br' | 'zstd';

/** The synchronous step below a zlib stream. */
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

/** What is used of a zlib stream. */
interface ZlibStream {
  /** Gone once the stream has been destroyed. */
  readonly _handle: Handle | null;
  /** Room left in the output, input left over; set by each step. */
  readonly _writeState: Uint32Array;
  readonly errored: Error | null;
  on(event: 'error', listener: (error: Error) => void): unknown;
  destroy(): unknown;
}

const KiB = 1024;
/** What a stream takes to begin with, and how far its window grows with what comes out (br: RFC 7932 §9.1; of zstd that is an option). */
const memoryOf: Readonly<Record<Compression, { readonly bytes: number; readonly windowBytesMax: number }>> = {
  gzip: { bytes: 48 * KiB, windowBytesMax: 0 },
  deflate: { bytes: 48 * KiB, windowBytesMax: 0 },
  'deflate-raw': { bytes: 48 * KiB, windowBytesMax: 0 },
  br: { bytes: 64 * KiB, windowBytesMax: 16 * KiB * KiB },
  zstd: { bytes: 192 * KiB, windowBytesMax: 0 },
};

const empty = new Uint8Array(0);
/** Node allocates an output buffer for the asynchronous way, which is not used here. */
const unusedChunkBytes = 64;

/** How a stream is undone. */
export interface InflaterOptions {
  /** The largest window that a zstd frame may ask for; 2^23 and larger round down to a power of two. */
  readonly zstdWindowBytesMax: number;
}

/** Undoes one coding of one body. `close` frees its memory; a forgotten one is freed with the garbage. */
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
    // The error is read from `errored` after the step; without a listener Node would throw it later on.
    this.#stream.on('error', () => {});
  }

  /** Input bytes that the last step left over. */
  get inputLeft(): number {
    return this.#inputLeft;
  }

  /** About what the stream takes in memory, bytes: it grows with the output until the window is full. */
  get memoryBytes(): number {
    return memoryOf[this.#compression].bytes + Math.min(this.#totalBytes, this.#windowBytesMax);
  }

  /** Output bytes that the last step made. */
  get outputBytes(): number {
    return this.#outputBytes;
  }

  /**
   * Reads `input` from `offset`, writes to `output` from `outputOffset` until either is used up. Throws `body.malformed`
   * when the bytes are not in the coding. When neither input is left nor output full, all that came in has come out.
   */
  step(input: Uint8Array, offset: number, output: Uint8Array, outputOffset: number): void {
    this.#run(constants.Z_NO_FLUSH, input, offset, output, outputOffset);
  }

  /** Says that the input is complete; throws `body.malformed` when the coding says that bytes are missing. */
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
