// Content codings (RFC 9110 §8.4): which ones a head declares, and a stream of coded bytes turned into the bytes that the
// next decoder reads, with bounds on layers, expansion and total. Knows no body format.

import { asView, foldAscii, trimHeaderSpace } from '../base/bytes.ts';
import { WafError } from '../base/errors.ts';
import type { Limits } from '../base/limits.ts';
import type { FieldSink } from '../http/field.ts';

import { AwsChunkedDecoder } from './aws-chunked.ts';
import type { Decoder } from './decoder.ts';
import { GuardedDecoder } from './guarded-decoder.ts';
import { HeldInput } from './held-input.ts';
import { type Compression, Inflater } from './inflater.ts';

/** A coding that can be undone. */
export type ContentCoding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** What Content-Encoding declares. */
export interface ContentCodings {
  /** In the order in which they were applied; `identity` left out. */
  readonly codings: readonly ContentCoding[];
  /** Whether the coded bytes stand in frames of `aws-chunked`, which is undone first wherever it is named. */
  readonly isFramed: boolean;
  /** The first one that is not known; with it no coding can be undone. */
  readonly unknown: string | undefined;
}

const names = new Map<string, ContentCoding>([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd'],
]);

/** Names that some clients write and that change no byte: of no coding, of charsets, of transfer codings that are undone already. */
const unchanging: ReadonlySet<string> = new Set([
  ...['', 'identity', 'none', 'binary', '7bit', '8bit', 'chunked'],
  ...['utf-8', 'utf8', 'us-ascii', 'ascii', 'iso-8859-1'],
]);

/** Reads the values of all Content-Encoding headers, in order. */
export function codingsOf(values: readonly string[]): ContentCodings {
  const codings: ContentCoding[] = [];
  let isFramed = false;
  let unknown: string | undefined;
  for (const written of values.flatMap((value) => value.split(','))) {
    const name = foldAscii(trimHeaderSpace(written));
    const coding = names.get(name);
    if (coding !== undefined) codings.push(coding);
    else if (name === 'aws-chunked') isFramed = true;
    else if (!unchanging.has(name)) unknown ??= name;
  }
  return { codings, isFramed, unknown };
}

/** What undoing codings needs of the bounds. */
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

/** What undoing codings works with. */
export interface ContentCodingOptions {
  /** In the order in which they were applied. */
  readonly codings: readonly ContentCoding[];
  /** Whether they stand in frames of `aws-chunked`. */
  readonly isFramed?: boolean;
  /** Reads the decoded bytes. */
  readonly next: Decoder;
  /** Reads the bytes as they were sent, before they are decoded; throws nothing of a body's making. */
  readonly asSent?: Decoder | undefined;
  readonly sink: FieldSink;
  readonly limits: CodingLimits;
}

/**
 * Undoes the codings of a body, the last one first, and writes what comes out to `next` in slices of at most
 * `decodeSliceBytesMax` bytes; memory does not grow with the body.
 *
 * A body whose first bytes are not those of its coding is passed on as it is, with the fact BODY_TYPE_MISMATCH: servers
 * that do not undo codings read it so. Broken, truncated or trailing bytes throw `body.malformed`; more codings than
 * `contentCodingsMax`, more decoded bytes than `decodedBytesMax`, or than `expansionRatioMax` times the encoded ones
 * (once `expansionFreeBytes` are decoded; looked at each slice) throw `body.limit`.
 *
 * Encoded bytes are read in blocks that end at multiples of `decodeBlockBytes`: a decompressor keeps what it made in the
 * step that fails, so only fixed steps make what comes of a broken body independent of its chunks.
 */
export class ContentCodingDecoder extends GuardedDecoder {
  readonly #first: Decoder;
  readonly #next: Decoder;
  readonly #asSent: Decoder | undefined;
  readonly #layers: Layer[] = [];
  readonly #layerCount: number;
  readonly #layersMax: number;
  readonly #budget: Budget;
  readonly #blockBytes: number;
  /** The beginning of the next block; made when a chunk ends inside one. */
  #block: Uint8Array | undefined;
  #blockLength = 0;
  #encodedBytes = 0;
  #isFlush = false;
  #undecoded: readonly Uint8Array[] = [];
  readonly #held = new HeldInput();

  constructor({ codings, isFramed = false, next, asSent, sink, limits }: ContentCodingOptions) {
    super(sink);
    this.#next = next;
    this.#asSent = asSent;
    this.#budget = new Budget(limits);
    this.#blockBytes = limits.decodeBlockBytes;
    let first: Decoder = next;
    this.#layerCount = codings.length;
    this.#layersMax = limits.contentCodingsMax;
    for (const [index, coding] of codings.slice(0, limits.contentCodingsMax).entries()) {
      const isOutermost = index === codings.length - 1;
      const output = outputOf(index, limits);
      const layer = new Layer({ coding, next: first, sink, limits, budget: this.#budget, output, isOutermost });
      this.#layers.push(layer);
      first = layer;
    }
    this.#first = isFramed ? new AwsChunkedDecoder(first, { lineBytesMax: limits.codingLineBytesMax }) : first;
  }

  /** After a failure: the bytes from the beginning of the block that failed to the end of the chunk; borrowed. */
  get undecoded(): readonly Uint8Array[] {
    return this.#undecoded;
  }

  /** A decompressor itself holds nothing: no other one could make more of the same bytes. */
  override get heldBytes(): number {
    return Math.max(this.#held.bytes, this.#blockLength + (this.#asSent?.heldBytes ?? 0));
  }

  /** Reads all bytes so far, off the blocks: for a pause in which what came must be known. */
  flush(): void {
    this.#isFlush = true;
    this.write(noBytes);
    this.#isFlush = false;
  }

  protected override readChunk(chunk: Uint8Array): void {
    this.#undecoded = [chunk];
    if (this.#layerCount > this.#layersMax) {
      throw new WafError('body.limit', `the body has ${this.#layerCount} content codings, limit ${this.#layersMax}`);
    }
    let offset = 0;
    while (offset < chunk.length) {
      const wanted = this.#blockBytes - (this.#encodedBytes % this.#blockBytes) - this.#blockLength;
      const end = Math.min(offset + wanted, chunk.length);
      const piece = asView(chunk, offset, end);
      const isComplete = piece.length === wanted;
      const block = isComplete && this.#blockLength === 0 ? piece : this.#keep(piece);
      if (isComplete) this.#decode(block, asView(chunk, end, chunk.length));
      offset = end;
    }
    if (this.#isFlush) this.#decodeRest();
    this.#undecoded = [];
    this.#held.note(chunk.length, { own: this.#blockLength, behind: this.#first.heldBytes });
  }

  /** Frees the memory of a body that will not end. Idempotent. */
  close(): void {
    for (const layer of this.#layers) layer.close();
  }

  protected override readEnd(): void {
    this.#decodeRest();
    this.#undecoded = [];
    this.#asSent?.end();
    this.#first.end();
    this.close();
  }

  protected override abandon(): void {
    this.close();
    // The next decoder ends its open field; what it says about the missing rest is not the failure to report.
    try {
      this.#next.end();
    } catch {
      return;
    }
  }

  /** Adds to the block; answers what it holds now. */
  #keep(piece: Uint8Array): Uint8Array {
    this.#block ??= new Uint8Array(this.#blockBytes);
    this.#block.set(piece, this.#blockLength);
    this.#blockLength += piece.length;
    return asView(this.#block, 0, this.#blockLength);
  }

  #decode(block: Uint8Array, rest: Uint8Array): void {
    this.#undecoded = [block, rest];
    this.#blockLength = 0;
    this.#encodedBytes += block.length;
    this.#budget.startChunk(block.length);
    this.#asSent?.write(block);
    this.#first.write(block);
  }

  #decodeRest(): void {
    if (this.#block !== undefined && this.#blockLength > 0)
      this.#decode(asView(this.#block, 0, this.#blockLength), noBytes);
  }
}

/** Counts encoded and decoded bytes of all layers of a body. */
class Budget {
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

  /** Throws `body.limit` when `decoded` bytes of one layer are too many. */
  check(decoded: number): void {
    const { decodedBytesMax, expansionFreeBytes, expansionRatioMax } = this.#limits;
    if (decoded > decodedBytesMax)
      throw new WafError('body.limit', `the body decodes to over ${decodedBytesMax} bytes`);
    const encoded = this.#encodedBefore + this.#encodedChunk - this.encodedLeft;
    if (decoded <= expansionFreeBytes || decoded <= encoded * expansionRatioMax) return;
    throw new WafError('body.limit', `${encoded} encoded bytes expand to ${decoded}, limit ${expansionRatioMax} times`);
  }
}

const noBytes = new Uint8Array(0);

/** Output buffers by layer, shared by all bodies: a slice is inspected before the next one is made. */
const outputs: Uint8Array[] = [];

function outputOf(layer: number, limits: CodingLimits): Uint8Array {
  const existing = outputs[layer];
  if (existing !== undefined && existing.length === limits.decodeSliceBytesMax) return existing;
  const output = new Uint8Array(limits.decodeSliceBytesMax);
  outputs[layer] = output;
  return output;
}

interface LayerOptions {
  readonly coding: ContentCoding;
  readonly next: Decoder;
  readonly sink: FieldSink;
  readonly limits: CodingLimits;
  readonly budget: Budget;
  readonly output: Uint8Array;
  /** Whether the layer reads the body as it was sent. */
  readonly isOutermost: boolean;
}

/** First bytes that decide whether a body is in its coding, and in which kind. */
const headBytes = 5;

/** One coding undone: first bytes kept until they tell the kind, then slice by slice. */
class Layer implements Decoder {
  readonly #options: LayerOptions;
  readonly #head = new Uint8Array(headBytes);
  #headLength = 0;
  #inflater: Inflater | undefined;
  #isPlain = false;
  #decoded = 0;

  constructor(options: LayerOptions) {
    this.#options = options;
  }

  get heldBytes(): number {
    const isUndecided = this.#inflater === undefined && !this.#isPlain;
    return isUndecided ? this.#headLength : this.#options.next.heldBytes;
  }

  write(chunk: Uint8Array): void {
    let rest = chunk;
    if (this.#inflater === undefined && !this.#isPlain) {
      const taken = Math.min(chunk.length, headBytes - this.#headLength);
      this.#head.set(asView(chunk, 0, taken), this.#headLength);
      this.#headLength += taken;
      if (this.#headLength < headBytes) return;
      rest = asView(chunk, taken, chunk.length);
      this.#begin();
    }
    this.#pass(rest);
  }

  end(): void {
    const { next, output, budget } = this.#options;
    if (this.#inflater === undefined && !this.#isPlain && this.#headLength > 0) this.#begin();
    if (this.#inflater !== undefined) {
      this.#inflater.finish(output);
      this.#decoded += this.#inflater.outputBytes;
      budget.check(this.#decoded);
      if (this.#inflater.outputBytes > 0) next.write(asView(output, 0, this.#inflater.outputBytes));
    }
    next.end();
  }

  close(): void {
    this.#inflater?.close();
  }

  /** The first bytes are there: chooses the kind, and passes them on. */
  #begin(): void {
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
    this.#pass(head);
  }

  #pass(bytes: Uint8Array): void {
    const { next, output, budget, coding, isOutermost } = this.#options;
    if (this.#inflater === undefined) {
      if (isOutermost) budget.encodedLeft = 0;
      if (bytes.length > 0) next.write(bytes);
      return;
    }
    let offset = 0;
    // Slices end at multiples of their size, so that the bounds are looked at in the same places however bytes are cut.
    for (;;) {
      const position = this.#decoded % output.length;
      this.#inflater.step(bytes, offset, output, position);
      const { inputLeft, outputBytes } = this.#inflater;
      const isFull = position + outputBytes === output.length;
      offset = bytes.length - inputLeft;
      this.#decoded += outputBytes;
      if (isOutermost) budget.encodedLeft = inputLeft;
      if (isFull) budget.check(this.#decoded);
      if (outputBytes > 0) next.write(asView(output, position, position + outputBytes));
      if (isFull) continue;
      if (inputLeft === 0) return;
      throw new WafError('body.malformed', `${inputLeft} bytes follow the end of the ${coding} body`);
    }
  }
}

/** The kind of a coding that the first bytes show; `undefined` when they are not in the coding at all. */
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
 * Whether bytes with a zlib header also begin raw deflate: a stored block, whose length is written twice, the second time
 * with all bits changed (RFC 1951 §3.2.4). One of 65,536 honest bodies does.
 */
function mayBeRaw([, low = 0, high = 0, notLow, notHigh]: Uint8Array): boolean {
  return notLow === (~low & 0xff) && notHigh === (~high & 0xff);
}
