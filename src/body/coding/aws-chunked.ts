// The content encoding `aws-chunked` (Amazon S3, Signature Version 4): plain bytes in frames, each after a line with its size and
// signature, and trailers at the end. Knows bytes only.

import { asView, hexDigitValue, notHex } from '../../base/bytes.ts';
import { WafError } from '../../base/errors.ts';
import type { CodingLayer } from './coding-layer.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const semicolon = 0x3b;

const inSize = 0;
const inExtension = 1;
const inFrame = 2;
const afterFrame = 3;
const inTrailers = 4;
const afterEnd = 5;

/** More hexadecimal digits than a frame of S3 needs; keeps sizes exact. */
const sizeDigitsMax = 12;

/** Options for decoding. */
export interface AwsChunkedOptions {
  /** Maximum bytes of a line between frames, and of all trailers together. */
  readonly lineBytesMax: number;
}

/**
 * Returns the content of the frames, uncopied. Signatures and trailers are skipped, because no server that decodes them treats
 * them as content. Throws `body.malformed` if the framing is broken or ends early.
 */
export class AwsChunkedLayer implements CodingLayer {
  readonly #lineBytesMax: number;
  #state = inSize;
  #size = 0;
  #digits = 0;
  #lineBytes = 0;
  /** Content of the frame still to come. */
  #left = 0;
  #previous = 0;
  /** Bytes of the current trailer line. */
  #trailerBytes = 0;
  /** Lines between frames contain no body data. */
  readonly heldBytes = 0;

  constructor({ lineBytesMax }: AwsChunkedOptions) {
    this.#lineBytesMax = lineBytesMax;
  }

  *read(bytes: Uint8Array): Iterable<Uint8Array> {
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#state === inFrame) {
        const end = Math.min(bytes.length, offset + this.#left);
        yield asView(bytes, offset, end);
        this.#left -= end - offset;
        offset = end;
        if (this.#left === 0) this.#startLine(afterFrame);
        continue;
      }
      this.#take(bytes[offset] as number);
      offset += 1;
    }
  }

  end(): Iterable<Uint8Array> {
    // Some clients omit the line end after the last frame's line.
    const isWhole = this.#state === afterEnd || (this.#state === inTrailers && this.#trailerBytes === 0);
    if (!isWhole) throw new WafError('body.malformed', 'the aws-chunked body ends early');
    return [];
  }

  close(): void {}

  #startLine(state: number): void {
    this.#state = state;
    this.#lineBytes = 0;
    this.#previous = 0;
  }

  #take(byte: number): void {
    this.#lineBytes += 1;
    if (this.#lineBytes > this.#lineBytesMax) {
      throw new WafError('body.malformed', `a line of the aws-chunked body has over ${this.#lineBytesMax} bytes`);
    }
    const isLineEnd = byte === lineFeed && this.#previous === carriageReturn;
    this.#previous = byte;
    switch (this.#state) {
      case inSize:
        this.#takeSize(byte, isLineEnd);
        return;
      case inExtension:
        if (isLineEnd) this.#startFrame();
        return;
      case afterFrame:
        if (isLineEnd) this.#startSize();
        else if (byte !== carriageReturn)
          throw new WafError('body.malformed', 'a frame of aws-chunked is longer than its size');
        return;
      case inTrailers:
        this.#takeTrailer(byte, isLineEnd);
        return;
      default:
        throw new WafError('body.malformed', 'bytes follow the end of the aws-chunked body');
    }
  }

  #takeSize(byte: number, isLineEnd: boolean): void {
    const digit = hexDigitValue[byte] as number;
    if (digit !== notHex && this.#digits < sizeDigitsMax) {
      this.#digits += 1;
      this.#size = this.#size * 16 + digit;
    } else if (this.#digits === 0 || (byte !== semicolon && byte !== carriageReturn && !isLineEnd)) {
      throw new WafError('body.malformed', 'a frame of aws-chunked has no size');
    } else if (byte === semicolon) this.#state = inExtension;
    else if (isLineEnd) this.#startFrame();
  }

  #startSize(): void {
    this.#startLine(inSize);
    this.#size = 0;
    this.#digits = 0;
  }

  #startFrame(): void {
    this.#left = this.#size;
    this.#startLine(this.#size === 0 ? inTrailers : inFrame);
    this.#trailerBytes = 0;
  }

  #takeTrailer(byte: number, isLineEnd: boolean): void {
    if (!isLineEnd) {
      if (byte !== carriageReturn) this.#trailerBytes += 1;
      return;
    }
    if (this.#trailerBytes === 0) this.#state = afterEnd;
    this.#trailerBytes = 0;
  }
}
