// One layer of content encoding: encoded bytes in, decoded slices out, one at a time, with limits on expansion and total. Knows
// no header and no next decoder.

import { asView } from '../../base/bytes.ts';
import { WafError } from '../../base/errors.ts';
import type { TakeMemory } from '../../base/held-memory.ts';
import type { Limits } from '../../base/limits.ts';
import type { FieldSink } from '../../http/field.ts';
import { type Compression, Inflater } from './inflater.ts';

/** A coding that can be decoded. */
export type ContentCoding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** The limits for decoding. */
export type CodingLimits = Pick<
  Limits,
  | 'contentCodingsMax'
  | 'expansionRatioMax'
  | 'expansionFreeBytes'
  | 'decodedBytesMax'
  | 'decodeSliceBytesMax'
  | 'decodeBlockBytes'
  | 'codingLineBytesMax'
  | 'zstdWindowBytesMax'
>;

/** A stage between the bytes as sent and the next decoder. Slices may be taken later; it continues only when they are. */
export interface CodingLayer {
  /** Bytes kept until their kind is known. */
  readonly heldBytes: number;
  /** The decoded bytes in slices. Each slice is borrowed until the next is taken, `bytes` until the last. */
  read(bytes: Uint8Array): Iterable<Uint8Array>;
  /** The same for what the end of the body yields. */
  end(): Iterable<Uint8Array>;
  /** Frees memory. Idempotent. */
  close(): void;
}

/** All decoded bytes after the layers from `index` on; the outermost layer is the first. */
export function* readLayers(layers: readonly CodingLayer[], bytes: Uint8Array, index = 0): Iterable<Uint8Array> {
  const layer = layers[index];
  if (layer === undefined) yield bytes;
  else for (const slice of layer.read(bytes)) yield* readLayers(layers, slice, index + 1);
}

/** All decoded bytes that the end of a body yields. */
export function* endLayers(layers: readonly CodingLayer[]): Iterable<Uint8Array> {
  for (const [index, layer] of layers.entries()) {
    for (const slice of layer.end()) yield* readLayers(layers, slice, index + 1);
  }
}

/** Counts encoded and decoded bytes of all layers of a body. */
export class CodingBudget {
  readonly #limits: CodingLimits;
  #encodedBefore = 0;
  #encodedChunk = 0;
  /** Bytes of the chunk that the outermost layer has not read yet. */
  encodedLeft = 0;

  constructor(limits: CodingLimits) {
    this.#limits = limits;
  }

  startChunk(bytes: number): void {
    this.#encodedBefore += this.#encodedChunk;
    this.#encodedChunk = bytes;
    this.encodedLeft = bytes;
  }

  /** Throws `body.limit` if `decoded` bytes of one layer are too many. */
  check(decoded: number): void {
    const { decodedBytesMax, expansionFreeBytes, expansionRatioMax } = this.#limits;
    if (decoded > decodedBytesMax)
      throw new WafError('body.limit', `the body decodes to over ${decodedBytesMax} bytes`);
    const encoded = this.#encodedBefore + this.#encodedChunk - this.encodedLeft;
    if (decoded <= expansionFreeBytes || decoded <= encoded * expansionRatioMax) return;
    throw new WafError('body.limit', `${encoded} encoded bytes expand to ${decoded}, limit ${expansionRatioMax} times`);
  }
}

/** Options of a layer. */
export interface CompressionLayerOptions {
  readonly coding: ContentCoding;
  readonly sink: FieldSink;
  readonly limits: CodingLimits;
  readonly budget: CodingBudget;
  /** Whether the layer reads the body as it was sent. */
  readonly isOutermost: boolean;
  /** Reserves memory for the window; absent: it is not counted. */
  readonly take?: TakeMemory | undefined;
}

/** Unused output buffers. A layer has one while slices are taken from it, and other layers may run in between. */
const spareOutputs: Uint8Array[] = [];
const spareOutputsMax = 8;

function takeOutput({ decodeSliceBytesMax }: CodingLimits): Uint8Array {
  const output = spareOutputs.pop();
  return output?.length === decodeSliceBytesMax ? output : new Uint8Array(decodeSliceBytesMax);
}

function giveBack(output: Uint8Array): void {
  if (spareOutputs.length < spareOutputsMax) spareOutputs.push(output);
}

/** Memory is reserved in pieces of this size, bytes. */
const takenAtOnce = 64 * 1024;

/** First bytes that decide whether a body is in its coding, and in which variant. */
const headBytes = 5;

/** Decodes one coding: keeps the first bytes until the variant is known, then decodes slice by slice. */
export class CompressionLayer implements CodingLayer {
  readonly #options: CompressionLayerOptions;
  readonly #head = new Uint8Array(headBytes);
  #headLength = 0;
  #inflater: Inflater | undefined;
  #isPlain = false;
  #decoded = 0;
  #takenBytes = 0;

  constructor(options: CompressionLayerOptions) {
    this.#options = options;
  }

  get heldBytes(): number {
    return this.#isUndecided ? this.#headLength : 0;
  }

  get #isUndecided(): boolean {
    return this.#inflater === undefined && !this.#isPlain;
  }

  *read(bytes: Uint8Array): Iterable<Uint8Array> {
    let rest = bytes;
    if (this.#isUndecided) {
      const taken = Math.min(bytes.length, headBytes - this.#headLength);
      this.#head.set(asView(bytes, 0, taken), this.#headLength);
      this.#headLength += taken;
      if (this.#headLength < headBytes) return;
      rest = asView(bytes, taken, bytes.length);
      yield* this.#begin();
    }
    yield* this.#undo(rest);
  }

  *end(): Iterable<Uint8Array> {
    if (this.#isUndecided && this.#headLength > 0) yield* this.#begin();
    if (this.#inflater === undefined) return;
    const output = takeOutput(this.#options.limits);
    try {
      this.#inflater.finish(output);
      const { outputBytes } = this.#inflater;
      this.#decoded += outputBytes;
      this.#options.budget.check(this.#decoded);
      if (outputBytes > 0) yield asView(output, 0, outputBytes);
    } finally {
      giveBack(output);
    }
  }

  close(): void {
    this.#inflater?.close();
    this.#options.take?.(-this.#takenBytes);
    this.#takenBytes = 0;
  }

  /** @throws WafError `body.overload` if other exchanges have left no room for the window. */
  #takeMemory(inflater: Inflater): void {
    const bytes = Math.ceil(inflater.memoryBytes / takenAtOnce) * takenAtOnce - this.#takenBytes;
    if (bytes === 0 || this.#options.take === undefined) return;
    if (!this.#options.take(bytes)) throw new WafError('body.overload', 'no memory is left for the window of a coding');
    this.#takenBytes += bytes;
  }

  /** The first bytes are complete: chooses the variant and decodes them. */
  #begin(): Iterable<Uint8Array> {
    const { coding, sink, limits } = this.#options;
    const head = asView(this.#head, 0, this.#headLength);
    const kind = compressionOf(coding, head);
    if (kind === 'deflate' && mayBeRaw(head)) {
      throw new WafError('body.malformed', 'the deflate body can be read with and without its wrapper');
    }
    if (kind === undefined && coding === 'gzip' && hasZlibHeader(head)) {
      throw new WafError('body.malformed', 'the gzip body begins like deflate, which some servers read then');
    }
    if (kind === undefined) {
      this.#isPlain = true;
      sink.fact('BODY_TYPE_MISMATCH', `${coding}/plain`);
    } else {
      this.#inflater = new Inflater(kind, limits);
    }
    return this.#undo(head);
  }

  *#undo(bytes: Uint8Array): Iterable<Uint8Array> {
    const { budget, isOutermost, limits } = this.#options;
    if (this.#inflater === undefined) {
      if (isOutermost) budget.encodedLeft = 0;
      if (bytes.length > 0) yield bytes;
      return;
    }
    const output = takeOutput(limits);
    try {
      yield* this.#inflate(this.#inflater, bytes, output);
    } finally {
      giveBack(output);
    }
  }

  *#inflate(inflater: Inflater, bytes: Uint8Array, output: Uint8Array): Iterable<Uint8Array> {
    const { budget, coding, isOutermost } = this.#options;
    let offset = 0;
    // Slices end at multiples of their size, so that limits are checked at the same offsets however bytes are cut.
    for (;;) {
      const position = this.#decoded % output.length;
      inflater.step(bytes, offset, output, position);
      this.#takeMemory(inflater);
      const { inputLeft, outputBytes } = inflater;
      const isFull = position + outputBytes === output.length;
      offset = bytes.length - inputLeft;
      this.#decoded += outputBytes;
      if (isOutermost) budget.encodedLeft = inputLeft;
      if (isFull) budget.check(this.#decoded);
      if (outputBytes > 0) yield asView(output, position, position + outputBytes);
      if (isFull) continue;
      if (inputLeft === 0) return;
      throw new WafError('body.malformed', `${inputLeft} bytes follow the end of the ${coding} body`);
    }
  }
}

/** The variant of a coding according to the first bytes; `undefined` if they are not in the coding at all. */
function compressionOf(coding: ContentCoding, head: Uint8Array): Compression | undefined {
  const [first = 0, second = 0, third = 0, fourth = 0] = head;
  switch (coding) {
    case 'gzip':
      return first === 0x1f && second === 0x8b ? 'gzip' : undefined;
    case 'deflate':
      return hasZlibHeader(head) ? 'deflate' : 'deflate-raw';
    case 'br':
      return 'br';
    case 'zstd': {
      const isSkippable = (first & 0xf0) === 0x50 && second === 0x2a && third === 0x4d && fourth === 0x18;
      const isFrame = first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd;
      return isFrame || isSkippable ? 'zstd' : undefined;
    }
  }
}

/** RFC 1950 §2.2: method 8, and a header that is a multiple of 31; everything else may be raw (RFC 1951). */
function hasZlibHeader([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

/**
 * Whether bytes with a zlib header are also valid as the start of raw deflate: a stored block, whose length is written twice, the
 * second time inverted (RFC 1951 §3.2.4). One in 65,536 honest bodies is.
 */
function mayBeRaw([, low = 0, high = 0, notLow, notHigh]: Uint8Array): boolean {
  return notLow === (~low & 0xff) && notHigh === (~high & 0xff);
}
