// Content encodings (RFC 9110 §8.4): which ones a head declares, and the decoding of a stream, with limits on layers, expansion and
// total. Knows no body format.

import { asView, foldAscii, trimHeaderSpace } from '../../base/bytes.ts';
import { WafError } from '../../base/errors.ts';
import type { TakeMemory } from '../../base/held-memory.ts';
import { runAtOnce, type Steps, turn } from '../../base/turn.ts';
import type { FieldSink } from '../../http/field.ts';
import { type Decoder, endInSteps, writeInSteps } from '../decoder.ts';
import { SteppedDecoder } from '../guarded-decoder.ts';
import { HeldInput } from '../held-input.ts';
import { AwsChunkedLayer } from './aws-chunked.ts';
import {
  CodingBudget,
  type CodingLayer,
  type CodingLimits,
  CompressionLayer,
  type ContentCoding,
  endLayers,
  readLayers,
} from './coding-layer.ts';

/** The declarations of Content-Encoding. */
export interface ContentCodings {
  /** In the order in which they were applied, without `identity`. */
  readonly codings: readonly ContentCoding[];
  /** Whether the encoded bytes are in frames of `aws-chunked`, which is decoded first wherever it is named. */
  readonly isFramed: boolean;
  /** The first unknown coding; if there is one, no coding can be decoded. */
  readonly unknown: string | undefined;
}

const names = new Map<string, ContentCoding>([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd'],
]);

/** Names that some clients send and that change no byte: no coding, charsets, transfer codings that are already decoded. */
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

/** Options for decoding. */
export interface ContentCodingOptions {
  /** In the order in which they were applied. */
  readonly codings: readonly ContentCoding[];
  /** Whether they are in frames of `aws-chunked`. */
  readonly isFramed?: boolean;
  /** Reads the decoded bytes. */
  readonly next: Decoder;
  /** Reads the bytes as they were sent, before decoding; never throws because of the body. */
  readonly asSent?: Decoder | undefined;
  /** Called with the number of encoded bytes that are decoded next. */
  readonly onEncoded?: ((bytes: number) => void) | undefined;
  /** Reserves memory for windows; absent: it is not counted. */
  readonly take?: TakeMemory | undefined;
  readonly sink: FieldSink;
  readonly limits: CodingLimits;
}

/**
 * Decodes the codings of a body, the last one first, and writes the result to `next` in slices of at most `decodeSliceBytesMax`
 * bytes. Memory does not grow with the body.
 *
 * A body whose first bytes are not in its coding is passed on unchanged, with the fact BODY_TYPE_MISMATCH: servers that do not
 * decode it read it like that. Broken, truncated or trailing bytes throw `body.malformed`. More codings than `contentCodingsMax`,
 * more decoded bytes than `decodedBytesMax`, or more than `expansionRatioMax` times the encoded bytes (once `expansionFreeBytes`
 * are decoded; checked for each slice) throw `body.limit`.
 *
 * Encoded bytes are decoded in blocks that end at multiples of `decodeBlockBytes`: a decompressor drops its output of the step
 * that fails, so only fixed steps make the output of a broken body independent of its chunks. A block can expand a hundredfold;
 * in steps, decoding pauses after each piece of a slice and continues on request.
 */
export class ContentCodingDecoder extends SteppedDecoder {
  readonly #next: Decoder;
  readonly #asSent: Decoder | undefined;
  readonly #onEncoded: ContentCodingOptions['onEncoded'];
  /** The outermost first. */
  readonly #layers: readonly CodingLayer[];
  readonly #layerCount: number;
  readonly #layersMax: number;
  readonly #budget: CodingBudget;
  readonly #blockBytes: number;
  /** The beginning of the next block, if a chunk ended inside one. */
  #block: Uint8Array | undefined;
  #blockLength = 0;
  #encodedBytes = 0;
  #wholeBytes = 0;
  #undecoded: readonly Uint8Array[] = [];
  readonly #held = new HeldInput();

  constructor({ codings, isFramed = false, next, asSent, onEncoded, take, sink, limits }: ContentCodingOptions) {
    super(sink);
    this.#next = next;
    this.#asSent = asSent;
    this.#onEncoded = onEncoded;
    const budget = new CodingBudget(limits);
    this.#budget = budget;
    this.#blockBytes = limits.decodeBlockBytes;
    this.#layerCount = codings.length;
    this.#layersMax = limits.contentCodingsMax;
    const layers = codings.slice(0, limits.contentCodingsMax).map((coding, index): CodingLayer => {
      return new CompressionLayer({ coding, sink, limits, budget, isOutermost: index === codings.length - 1, take });
    });
    if (isFramed) layers.push(new AwsChunkedLayer({ lineBytesMax: limits.codingLineBytesMax }));
    this.#layers = layers.reverse();
  }

  /** After a failure: the bytes from the beginning of the failed block to the end of the chunk; borrowed. */
  get undecoded(): readonly Uint8Array[] {
    return this.#undecoded;
  }

  /** Encoded bytes of the blocks that were completely decoded. */
  get wholeBytes(): number {
    return this.#wholeBytes;
  }

  /** A decompressor holds nothing back: no other one could get more from the same bytes. */
  override get heldBytes(): number {
    return Math.max(this.#held.bytes, this.#blockLength + (this.#asSent?.heldBytes ?? 0));
  }

  /** Reads all bytes so far, ignoring blocks: for a pause in which everything received so far must be known. */
  flush(): void {
    runAtOnce(this.flushInSteps());
  }

  /** The same in steps. */
  flushInSteps(): Steps<void> {
    return this.guardSteps(this.#readKept());
  }

  protected override *readInSteps(chunk: Uint8Array): Steps<void> {
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
      if (isComplete) yield* this.#decode(block, asView(chunk, end, chunk.length));
      offset = end;
    }
    this.#noteRead(chunk.length);
  }

  /** Frees the memory of a body that will not end. Idempotent. */
  close(): void {
    for (const layer of this.#layers) layer.close();
  }

  protected override *readEndInSteps(): Steps<void> {
    yield* this.#decodeRest();
    this.#undecoded = [];
    this.#asSent?.end();
    yield* this.#pass(endLayers(this.#layers), this.#next);
    yield* endInSteps(this.#next);
    this.close();
  }

  protected override abandon(): void {
    this.close();
    // Lets the next decoder end its open field; its error about the missing rest is not the failure to report.
    try {
      this.#next.end();
    } catch {
      return;
    }
  }

  /** Adds to the block; returns its content. */
  #keep(piece: Uint8Array): Uint8Array {
    this.#block ??= new Uint8Array(this.#blockBytes);
    this.#block.set(piece, this.#blockLength);
    this.#blockLength += piece.length;
    return asView(this.#block, 0, this.#blockLength);
  }

  *#decode(block: Uint8Array, rest: Uint8Array): Steps<void> {
    this.#undecoded = [block, rest];
    this.#blockLength = 0;
    this.#encodedBytes += block.length;
    this.#budget.startChunk(block.length);
    this.#onEncoded?.(block.length);
    if (this.#asSent !== undefined) yield* this.#pass([block], this.#asSent);
    yield* this.#pass(readLayers(this.#layers, block), this.#next);
    this.#wholeBytes = this.#encodedBytes;
  }

  *#readKept(): Steps<void> {
    yield* this.#decodeRest();
    this.#noteRead(0);
  }

  *#decodeRest(): Steps<void> {
    if (this.#block !== undefined && this.#blockLength > 0)
      yield* this.#decode(asView(this.#block, 0, this.#blockLength), noBytes);
  }

  #noteRead(bytes: number): void {
    this.#undecoded = [];
    const undecided = this.#layers.find(({ heldBytes }) => heldBytes > 0);
    this.#held.note(bytes, { own: this.#blockLength, behind: undecided?.heldBytes ?? this.#next.heldBytes });
  }

  /** Takes slices piece by piece, and can pause after each piece. */
  *#pass(slices: Iterable<Uint8Array>, taker: Decoder): Steps<void> {
    for (const slice of slices) {
      for (let from = 0; from < slice.length; from += pieceBytes) {
        const to = Math.min(from + pieceBytes, slice.length);
        // Decoding output that is not scanned is work too.
        turn.spend(to - from);
        yield* writeInSteps(taker, asView(slice, from, to));
      }
    }
  }
}

/** Bytes reported at once: no more fields than one turn may leave to the next. */
const pieceBytes = 1024;
const noBytes = new Uint8Array(0);
